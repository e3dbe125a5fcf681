import { expect, test } from 'vitest';
import { findDrill } from '../../../../src/drill/catalogue/catalogue.ts';
import { isSkipped, planDrill } from '../../../../src/drill/catalogue/plan-drill.ts';
import { lookAtScene } from '../../../../src/drill/scene/look-at-scene.ts';
import { lookAt } from '../../../../src/run/look.ts';
import { ClusterError } from '../../../../src/errors.ts';
import { specOf } from '../../../support/cluster-file.ts';
import { portsOf } from '../../../support/fake-ports.ts';
import { fakeWorld } from '../../../support/fake-world.ts';
import { runCli } from '../../../support/run-cli.ts';

const rows = ['abilities\t1', 'clock\t1772488800.5\t4000.25', 'freezer\tyes\t', 'timer\tsetsid'];
const answer = [...rows, `end\t${rows.length}`, ''].join('\n');

test('a scene is seen with one script per host, and nothing is changed', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  const before = world.log.length;
  const scripts: string[] = [];
  const ports = portsOf(world, new AbortController().signal);
  const look = await lookAt(await specOf(world.files.get('cluster.yml')), ports, () => undefined);
  world.onRun = (host) => {
    scripts.push(host);
    if (host === 'a2') throw new ClusterError('RESULT_UNKNOWN', 'no answer', { remedy: '-' });
    const ran = { exitCode: 0, signal: undefined, stderr: '', truncated: false };
    return Promise.resolve({ ...ran, stdout: answer });
  };
  const scene = await lookAtScene(look, ports);
  expect(scripts.toSorted()).toEqual(['a1', 'a2', 'm1', 'm2', 'm3']);
  expect(scene.leaders).toEqual({ zookeeper: 'm1', mesos: 'm1', marathon: 'm1' });
  expect(scene.hosts.get('m1')).toMatchObject({
    ...{ abilities: { timers: ['setsid'], clock: { monotonic: 4000.25 } }, liveRestore: true },
  });
  expect(scene.hosts.get('a2')?.abilities).toBe('no answer');
  expect(scene.hosts.get('m1')?.containers.get('zookeeper')).toBe('ci-zookeeper');
  expect(scene.controllers[0]).toMatchObject({ name: 'main', app: '/ci/jenkins-main', host: 'a1' });
  expect(scene.deployments).toBe('');
  const plan = planDrill(findDrill('zk-leader-kill'), scene);
  expect(isSkipped(plan) ? plan.reason : plan.victims[0]?.host).toBe('m1');
  const done = world.log.slice(before).filter((line) => !/^(connect|close) |: facts$/.test(line));
  expect(done).toEqual([]);
});
