import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkpointIn } from '../../src/mesos-agent/checkpoint.ts';
import { agentInfo } from '../mesos-master/support/cluster.ts';
import { settle } from '../shared/support/fake-clock.ts';
import { taskBench, type Bench } from './support/bench.ts';
import { fakeDocker } from './support/fake-docker.ts';
import { dockerTask } from './support/task-run.ts';

let workDir: string;

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'stand-in-drain-'));
  checkpointIn(workDir).saveInfo({ ...agentInfo('a1', 'cpus:1'), id: { value: 'S4' } });
});

afterEach(() => {
  rmSync(workDir, { recursive: true });
});

const framework = {
  user: 'root',
  name: 'fw',
  id: { value: 'F' },
  checkpoint: true,
  capabilities: [{ type: 'TASK_KILLING_STATE' }],
};

/** One container that ignores SIGTERM. */
async function running(graceSeconds?: number): Promise<Bench> {
  const bench = taskBench(workDir, fakeDocker({ stubborn: true }));
  const grace = { grace_period: { nanoseconds: (graceSeconds ?? 0) * 1e9 } };
  const policy = graceSeconds === undefined ? {} : { kill_policy: grace };
  bench.tasks.launch(framework, dockerTask(policy));
  await settle();
  bench.acknowledge();
  bench.acknowledge();
  return bench;
}

function drain(bench: Bench, seconds?: number, gone = false): void {
  const bound = seconds === undefined ? {} : { max_grace_period_ms: seconds * 1000 };
  bench.tasks.beginDrain({ kind: 'drain', mark_gone: gone, ...bound });
}

function signals(bench: Bench): string[] {
  return bench.docker.log.flatMap((line) => /^kill (\w+)/.exec(line)?.[1] ?? []);
}

describe('a drain', () => {
  test('kills every task and says that it is the reason', async () => {
    const bench = await running();
    drain(bench);
    expect(bench.sent.at(-1)).toMatchObject({
      state: 'TASK_KILLING',
      reason: 'REASON_AGENT_DRAINING',
    });
    bench.acknowledge();
    await bench.clock.advance(5000);
    expect(signals(bench)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(bench.sent.at(-1)).toMatchObject({
      state: 'TASK_KILLED',
      reason: 'REASON_AGENT_DRAINING',
    });
  });

  test.each([
    [600, 10, 10],
    [2, 10, 2],
    [600, undefined, 600],
  ])('with grace %d s of the task bounds it to %s s: %d s', async (own, bound, expected) => {
    const bench = await running(own);
    drain(bench, bound);
    await bench.clock.advance(expected * 1000 - 1);
    expect(signals(bench)).toEqual(['SIGTERM']);
    await bench.clock.advance(1);
    expect(signals(bench)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  test('overwrites an earlier one: what dies already dies sooner, without a second SIGTERM', async () => {
    const bench = await running(600);
    drain(bench, 300);
    await bench.clock.advance(1000);
    drain(bench, 3);
    await bench.clock.advance(3000);
    expect(signals(bench)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(bench.tasks.drain.wish?.maxGraceMs).toBe(3000);
  });

  test('with mark_gone ends tasks as gone by the operator', async () => {
    const bench = await running(0);
    drain(bench, undefined, true);
    bench.acknowledge();
    await bench.clock.advance(1);
    expect(bench.states().at(-1)).toBe('TASK_GONE_BY_OPERATOR');
  });

  test('lasts until the last end is acknowledged, also over a restart', async () => {
    const bench = await running(0);
    drain(bench);
    bench.acknowledge();
    await bench.clock.advance(1);
    expect(bench.states().at(-1)).toBe('TASK_KILLED');
    expect(taskBench(workDir, bench.docker).tasks.drain.wish).toBeDefined();
    bench.acknowledge();
    expect(bench.tasks.drain.wish).toBeUndefined();
    expect(taskBench(workDir, bench.docker).tasks.drain.wish).toBeUndefined();
  });

  test('of an agent without tasks is over at once', () => {
    const bench = taskBench(workDir, fakeDocker());
    drain(bench);
    expect(bench.tasks.drain.wish).toBeUndefined();
  });
});
