import { beforeEach, describe, expect, test } from 'vitest';
import { memoryOf } from '../../../support/fake-agents.ts';
import { machine, type FakeWorld } from '../../../support/fake-world.ts';
import {
  buildingWorld,
  buildOn,
  courseOf,
  edit,
  jenkinsOf,
} from '../../../support/building-world.ts';
import { runCli } from '../../../support/run-cli.ts';

const rack = { hosts: { a2: { attributes: { rack: 'b' } } } };
const init = 'init --yes --no-build';
const patience = 30_000;

let world: FakeWorld;

beforeEach(async () => {
  world = await buildingWorld();
}, patience);

/** The host has its work, Jenkins its nodes, and nothing says otherwise. */
function expectGivenBack(): void {
  expect(memoryOf({ agents: world.mesos.agents! }, 'a2')).toMatchObject({ deactivated: false });
  expect([...jenkinsOf(world).takenOut.keys()]).toEqual([]);
  expect(jenkinsOf(world).quietingDown).toBe(false);
  expect(machine(world, 'a2').files.has('/etc/ci-cluster/vacated.json')).toBe(false);
}

describe('a changed attribute of a Mesos agent', { timeout: patience }, () => {
  test('waits until the build on the host has ended, then drains, then starts', async () => {
    edit(world, rack);
    buildOn(world, 'a2', 300_000);
    const begin = world.clock.now();
    const { exitCode, log, stderr } = await runCli(init, world);
    expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
    expect(courseOf(log)).toEqual([
      'a2: write /etc/ci-cluster/vacated.json',
      'm1: DEACTIVATE_AGENT a2',
      'm1: DRAIN_AGENT a2',
      'a2: start ci-mesos-agent',
      'm1: REACTIVATE_AGENT a2',
      'a2: remove /etc/ci-cluster/vacated.json',
    ]);
    expect(world.clock.now() - begin).toBeGreaterThan(300_000);
    expect(stderr).toContain('main: deploy #12 on jenkins-agent-linux-12f (4 min)');
    expect(jenkinsOf(world).builds[0]?.stopped).toBe(false);
    expectGivenBack();
    expect((await runCli(init, world)).stdout).toContain('nothing to change');
  });

  test('takes the nodes of the host out of Jenkins before anything else, and says who did it', async () => {
    edit(world, rack);
    buildOn(world, 'a2', 60_000);
    const seen: string[] = [];
    world.onLog = (line) => {
      if (line.includes('_AGENT')) seen.push(`${line}: ${[...jenkinsOf(world).takenOut].join()}`);
    };
    await runCli(init, world);
    expect(seen[0]).toMatch(
      /DEACTIVATE_AGENT a2: jenkins-agent-linux-12f,Disconnected by admin : ci-cluster empties a2 \(run \S+\)$/,
    );
  });

  test('is given up when builds do not end in time, and everything is as it was', async () => {
    edit(world, rack);
    buildOn(world, 'a2', 3_600_000);
    const { exitCode, stderr, log } = await runCli(`${init} --drain-timeout 10m`, world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('a build still runs on a2 after 10 min');
    expect(stderr).toContain('main: deploy #12 on jenkins-agent-linux-12f (10 min)');
    expect(stderr).toContain('--drain-timeout 2h');
    expect(stderr).toContain('BUILDS_RUNNING');
    expect(courseOf(log).slice(-2)).toEqual([
      ...['m1: REACTIVATE_AGENT a2', 'a2: remove /etc/ci-cluster/vacated.json'],
    ]);
    expect(jenkinsOf(world).builds[0]?.stopped).toBe(false);
    expectGivenBack();
  });

  test('does not wait with --kill-builds', async () => {
    edit(world, rack);
    buildOn(world, 'a2', 3_600_000);
    const { exitCode } = await runCli(`${init} --kill-builds`, world);
    expect(exitCode).toBe(0);
    expect(jenkinsOf(world).builds[0]?.stopped).toBe(true);
    expectGivenBack();
  });

  test('asks for the drain again where it sticks', async () => {
    edit(world, rack);
    memoryOf({ agents: world.mesos.agents! }, 'a2').sticks = 2;
    const { exitCode, log } = await runCli(init, world);
    expect(exitCode).toBe(0);
    expect(log.filter((line) => line.endsWith('DRAIN_AGENT a2'))).toHaveLength(3);
    expectGivenBack();
  });

  test('that Mesos would not take under the old id begins anew', async () => {
    edit(world, rack);
    await runCli(init, world);
    edit(world, { hosts: { a2: { attributes: { rack: 'c' } } } });
    machine(world, 'a2').files.set('/var/lib/ci-cluster/mesos-agent/meta/slaves/latest', {
      ...{ content: 'S-a2', mode: '777', uid: 0, gid: 0, modified: 0 },
    });
    const { exitCode, log } = await runCli(init, world);
    expect(exitCode).toBe(0);
    expect(courseOf(log).slice(2, 5)).toEqual([
      'm1: DRAIN_AGENT a2',
      'a2: remove /var/lib/ci-cluster/mesos-agent/meta/slaves/latest',
      'a2: start ci-mesos-agent',
    ]);
  });
});

describe('a Mesos agent with a controller on it', { timeout: patience }, () => {
  const first = { hosts: { a1: { attributes: { rack: 'b' } } } };

  test('lets all builds of the controller end, and the controller move, before it is drained', async () => {
    edit(world, first);
    buildOn(world, 'a2', 120_000);
    const { exitCode, log, stderr } = await runCli(init, world);
    expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
    expect(courseOf(log)).toEqual([
      'a1: write /etc/ci-cluster/vacated.json',
      'm1: DEACTIVATE_AGENT a1',
      'm1: DELETE /v2/apps/ci/jenkins-main/tasks/ci_jenkins-main.instance-1f._app.1',
      'm1: DRAIN_AGENT a1',
      'a1: start ci-mesos-agent',
      'm1: REACTIVATE_AGENT a1',
      'a1: remove /etc/ci-cluster/vacated.json',
    ]);
    expect(stderr).toContain('Jenkins main runs on a2 now');
    expect(world.apps.get('/ci/jenkins-main')?.machine?.name).toBe('a2');
  });

  test('is not touched where the controller cannot leave, and the message says what to type', async () => {
    world = await buildingWorld({ agents: 1 });
    edit(world, { agents: 1, ...first });
    const { exitCode, stderr, log } = await runCli(init, world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain(
      'the Mesos agent on a1 has to be stopped, and Jenkins main would stop',
    );
    expect(stderr).toContain('--stop-controllers');
    expect(courseOf(log)).toEqual([]);
    const allowed = await runCli(`${init} --stop-controllers`, world);
    expect(`${allowed.exitCode} ${allowed.stderr}`).toMatch(/^0 /);
    expect(courseOf(allowed.log)).toContain('m1: DRAIN_AGENT a1');
  });
});
