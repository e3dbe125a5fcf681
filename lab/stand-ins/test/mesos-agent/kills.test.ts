import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkpointIn } from '../../src/mesos-agent/checkpoint.ts';
import { recoverTasks } from '../../src/mesos-agent/recovery.ts';
import { agentInfo } from '../mesos-master/support/cluster.ts';
import { settle } from '../shared/support/fake-clock.ts';
import { taskBench, type Bench } from './support/bench.ts';
import { fakeDocker } from './support/fake-docker.ts';
import { dockerTask } from './support/task-run.ts';

let workDir: string;

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'stand-in-kills-'));
  checkpointIn(workDir).saveInfo({ ...agentInfo('a1', 'cpus:1'), id: { value: 'S4' } });
});

afterEach(() => {
  rmSync(workDir, { recursive: true });
});

const framework = { user: 'root', name: 'fw', id: { value: 'F' }, checkpoint: true };

async function running(docker = fakeDocker({ stubborn: true })): Promise<Bench> {
  const bench = taskBench(workDir, docker);
  bench.tasks.launch(framework, dockerTask());
  await settle();
  bench.acknowledge();
  bench.acknowledge();
  return bench;
}

function signals(bench: Bench): string[] {
  return bench.docker.log.flatMap((line) => /^kill (\w+)/.exec(line)?.[1] ?? []);
}

describe('a kill', () => {
  test('before there is a container ends the task at once, and none is made', async () => {
    const docker = fakeDocker({ pullable: ['big:1'] });
    const bench = taskBench(workDir, docker);
    const container = { type: 'DOCKER' as const, docker: { image: 'big:1' } };
    bench.tasks.launch(framework, dockerTask({ container }));
    bench.tasks.kill('F', 'd1', undefined);
    await settle();
    expect(bench.sent).toMatchObject([
      {
        state: 'TASK_KILLED',
        source: 'SOURCE_AGENT',
        reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
        message: 'Killed before delivery to the executor',
      },
    ]);
    expect(docker.containers.size).toBe(0);
  });

  test('while the container starts waits for it, and RUNNING is never told', async () => {
    const docker = fakeDocker();
    const bench = taskBench(workDir, docker);
    let goOn: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { start } = docker;
    Object.assign(docker, { start: (name: string) => slow.then(() => start(name)) });
    bench.tasks.launch(framework, dockerTask());
    await settle();
    bench.tasks.kill('F', 'd1', undefined);
    expect(signals(bench)).toEqual([]);
    goOn();
    await settle();
    expect(signals(bench)).toEqual(['SIGTERM']);
    bench.acknowledge();
    expect(bench.states()).toEqual(['TASK_STARTING', 'TASK_KILLED']);
  });

  test('asked for twice sends one SIGTERM, and the shorter grace counts', async () => {
    const bench = await running();
    bench.tasks.kill('F', 'd1', 60_000);
    bench.tasks.kill('F', 'd1', 2000);
    bench.tasks.kill('F', 'd1', 30_000);
    await bench.clock.advance(2000);
    expect(signals(bench)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  test('goes on after a restart of the agent', async () => {
    const first = await running();
    first.tasks.kill('F', 'd1', 60_000);
    const again = taskBench(workDir, first.docker);
    await recoverTasks(again.tasks, checkpointIn(workDir).load()?.runs ?? [], true);
    await again.clock.advance(60_000);
    expect(again.states()).toEqual(['TASK_KILLED']);
  });

  test('of everything because the agent leaves is over when the containers are', async () => {
    const bench = await running();
    expect(bench.tasks.shutdownAll()).toBe(5000);
    await bench.clock.advance(2999);
    expect(bench.tasks.isQuiet).toBe(false);
    await bench.clock.advance(1);
    expect(bench.tasks.isQuiet).toBe(true);
  });
});

test('an image is pulled with the name and password that the agent has for its registry', async () => {
  const auth = Buffer.from('ci:secret').toString('base64');
  const config = JSON.stringify({ auths: { 'registry.local:5000': { auth } } });
  const docker = fakeDocker({ pullable: ['registry.local:5000/a:1', 'b:1'] });
  const bench = taskBench(workDir, docker, config);
  for (const image of ['registry.local:5000/a:1', 'b:1']) {
    const container = { type: 'DOCKER' as const, docker: { image } };
    bench.tasks.launch(framework, dockerTask({ task_id: { value: image }, container }));
  }
  await settle();
  const [first = '', second] = docker.log.filter((line) => line.startsWith('pull'));
  expect(second).toBe('pull b:1');
  const [, login = ''] = first.split(' as ');
  expect(JSON.parse(Buffer.from(login, 'base64url').toString())).toEqual({
    username: 'ci',
    password: 'secret',
    serveraddress: 'registry.local:5000',
  });
});
