import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DockerError } from '../../src/shared/docker.ts';
import { checkpointIn } from '../../src/mesos-agent/checkpoint.ts';
import { clearContainers, recoverTasks } from '../../src/mesos-agent/recovery.ts';
import { silent } from '../mesos-master/support/cluster.ts';
import { settle } from '../shared/support/fake-clock.ts';
import { taskBench, type Bench } from './support/bench.ts';
import { fakeDocker, type FakeDocker, type FakeDockerOptions } from './support/fake-docker.ts';
import { dockerTask } from './support/task-run.ts';

let workDir: string;

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'stand-in-agent-'));
});

afterEach(() => {
  rmSync(workDir, { recursive: true });
});

const framework = { user: 'root', name: 'fw', id: { value: 'F' }, checkpoint: true };

function bench(options: FakeDockerOptions = {}, docker = fakeDocker(options)): Bench {
  return taskBench(workDir, docker);
}

async function running(one: Bench, info = framework): Promise<string> {
  one.tasks.launch(info, dockerTask());
  await settle();
  one.acknowledge();
  one.acknowledge();
  return [...one.docker.containers.keys()][0] ?? '';
}

describe('a container task', () => {
  test('is started and told: RUNNING waits until STARTING is acknowledged', async () => {
    const one = bench();
    one.tasks.launch(framework, dockerTask());
    await settle();
    expect(one.docker.log.map((line) => line.replace(/mesos-.*/, 'mesos'))).toEqual([
      'create mesos',
      'start mesos',
    ]);
    expect(one.states()).toEqual(['TASK_STARTING']);
    one.acknowledge();
    expect(one.states()).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
    const inspection = Buffer.from(one.sent[1]?.data ?? '', 'base64').toString();
    expect(JSON.parse(inspection)).toMatchObject([{ State: { Running: true } }]);
    expect(one.sent[1]).toMatchObject({
      source: 'SOURCE_EXECUTOR',
      executor_id: { value: 'd1' },
      container_status: {
        network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: '10.0.0.1' }] }],
      },
    });
  });

  test('that nobody acknowledges is told again after 10, 20 and 40 s', async () => {
    const one = bench();
    one.tasks.launch(framework, dockerTask());
    await settle();
    const counts = [];
    for (const ms of [9999, 1, 19_999, 1, 39_999, 1]) {
      await one.clock.advance(ms);
      counts.push(one.sent.length);
    }
    expect(counts).toEqual([1, 2, 2, 3, 3, 4]);
    expect(new Set(one.sent.map(({ uuid }) => uuid)).size).toBe(1);
  });

  test.each([
    [0, 'TASK_FINISHED'],
    [137, 'TASK_FAILED'],
  ])('that exits with %d is %s', async (code, state) => {
    const one = bench();
    const name = await running(one);
    one.docker.exit(name, code);
    await settle();
    expect(one.sent.at(-1)).toMatchObject({
      state,
      message: `Container exited with status ${code}`,
    });
    one.acknowledge();
    expect(one.tasks.runs.size).toBe(0);
    expect(one.tasks.completed).toHaveLength(1);
  });

  test('is killed by TERM, and by KILL when its grace is over', async () => {
    const one = bench({ stubborn: true });
    const name = await running(one);
    one.tasks.kill('F', 'd1', undefined);
    await one.clock.advance(4999);
    expect(one.states().at(-1)).toBe('TASK_RUNNING');
    await one.clock.advance(1);
    expect(one.docker.log.slice(-2)).toEqual([`kill SIGTERM ${name}`, `kill SIGKILL ${name}`]);
    expect(one.sent.at(-1)).toMatchObject({
      state: 'TASK_KILLED',
      message: 'Container exited with status 137',
    });
  });

  test('has the grace of its own kill policy', async () => {
    const one = bench({ stubborn: true });
    const grace = { grace_period: { nanoseconds: 1_000_000_000 } };
    one.tasks.launch(framework, dockerTask({ kill_policy: grace }));
    await settle();
    one.acknowledge();
    one.acknowledge();
    one.tasks.kill('F', 'd1', undefined);
    await one.clock.advance(1000);
    expect(one.states().at(-1)).toBe('TASK_KILLED');
  });

  test('whose image is missing is pulled, or fails with what docker pull said', async () => {
    const task = dockerTask({ container: { type: 'DOCKER', docker: { image: 'new:1' } } });
    const found = bench({ pullable: ['new:1'] });
    found.tasks.launch(framework, task);
    await settle();
    expect(found.docker.log[0]).toBe('pull new:1');
    expect(found.states()).toEqual(['TASK_STARTING']);
    const missing = bench();
    missing.tasks.launch(framework, task);
    await settle();
    expect(missing.sent).toMatchObject([
      {
        state: 'TASK_FAILED',
        source: 'SOURCE_AGENT',
        reason: 'REASON_CONTAINER_LAUNCH_FAILED',
        message:
          "Failed to launch container: Failed to run 'docker -H unix:///var/run/docker.sock pull new:1': exited with status 1; stderr='Error response from daemon: manifest for new:1 not found\n'",
      },
    ]);
  });

  test('whose command is not in the image fails with 127', async () => {
    const startError = new DockerError(400, 'exec: "x": executable file not found in $PATH');
    const one = bench({ startError });
    one.tasks.launch(framework, dockerTask());
    await settle();
    one.acknowledge();
    expect(one.sent.at(-1)).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Container exited with status 127',
    });
  });

  test('of a framework that was torn down ends without updates', async () => {
    const one = bench();
    const name = await running(one);
    const before = one.sent.length;
    one.tasks.shutdownFramework('F');
    await settle();
    expect(one.docker.log).toContain(`kill SIGTERM ${name}`);
    expect(one.sent).toHaveLength(before);
    expect(one.tasks.runs.size).toBe(0);
  });
});

describe('after a restart of the agent', () => {
  async function restart(docker: FakeDocker, executorsLive = true): Promise<Bench> {
    const checkpoint = checkpointIn(workDir);
    const one = bench({}, docker);
    const runs = checkpoint.load()?.runs ?? [];
    const known = executorsLive ? runs : [];
    await clearContainers({
      docker,
      clock: one.clock,
      log: silent,
      runs: known,
      killOrphans: true,
    });
    await recoverTasks(one.tasks, runs, executorsLive);
    await settle();
    return one;
  }

  function register(): void {
    checkpointIn(workDir).saveInfo({
      hostname: 'a',
      port: 1,
      resources: [],
      attributes: [],
      id: { value: 'S4' },
    });
  }

  test('the container of a checkpointing framework runs on, untold, and its end is seen', async () => {
    register();
    const first = bench();
    const name = await running(first);
    const again = await restart(first.docker);
    expect(again.tasks.report()).toMatchObject([{ framework_id: 'F', state: 'TASK_RUNNING' }]);
    expect(again.sent).toEqual([]);
    again.docker.exit(name, 0);
    await settle();
    expect(again.states()).toEqual(['TASK_FINISHED']);
  });

  test('one that ended meanwhile is told', async () => {
    register();
    const first = bench();
    const name = await running(first);
    first.docker.exit(name, 3);
    const again = await restart(first.docker);
    expect(again.sent.map(({ message }) => message)).toEqual(['Container exited with status 3']);
  });

  test('one that was removed meanwhile failed', async () => {
    register();
    const first = bench();
    const name = await running(first);
    first.docker.containers.delete(name);
    const again = await restart(first.docker);
    expect(again.sent).toMatchObject([
      {
        state: 'TASK_FAILED',
        reason: 'REASON_EXECUTOR_TERMINATED',
        message: 'Executor terminated',
      },
    ]);
  });

  test('one of a framework without checkpoint is an orphan: TERM at once, then gone', async () => {
    register();
    const first = bench();
    const name = await running(first, { ...framework, checkpoint: false });
    const again = await restart(first.docker);
    expect(again.docker.log.at(-1)).toBe(`kill SIGTERM ${name}`);
    await again.clock.advance(500);
    expect(again.docker.containers.size).toBe(0);
    expect(again.tasks.report()).toEqual([]);
  });

  test('without docker_mesos_image the executors died with the container: tasks fail', async () => {
    register();
    const first = bench();
    await running(first);
    const again = await restart(first.docker, false);
    expect(again.states()).toEqual(['TASK_FAILED']);
    await again.clock.advance(500);
    expect(again.docker.containers.size).toBe(0);
  });

  test('containers that are not named like a task are left alone', async () => {
    const docker = fakeDocker();
    await docker.create('mesos-master', { Image: 'img:1' });
    await docker.start('mesos-master');
    await restart(docker);
    expect(docker.containers.get('mesos-master')?.status).toBe('running');
  });
});
