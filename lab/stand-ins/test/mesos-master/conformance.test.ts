import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../src/shared/http-client.ts';
import agentRecorded from '../mesos-agent/fixtures/answers-1.12.0.json' with { type: 'json' };
import { fakeDocker } from '../mesos-agent/support/fake-docker.ts';
import { dockerTask } from '../mesos-agent/support/task-run.ts';
import { shapeDifference } from '../shared/support/shape.ts';
import recorded from './fixtures/answers-1.12.0.json' with { type: 'json' };
import events from './fixtures/events-1.12.0.json' with { type: 'json' };
import metricKeys from './fixtures/metric-keys-1.12.0.json' with { type: 'json' };
import { startPair, type Pair } from './support/pair.ts';
import { HttpScheduler } from './support/http-scheduler.ts';

/** Master and agent in this process, over loopback, without ZooKeeper; Docker is a fake. */
let pair: Pair;
let workDir: string;
let gone: HttpScheduler;
let scheduler: HttpScheduler;
const docker = fakeDocker();

/** Like the recorded cluster: one framework with a running task, one that was torn down. */
beforeAll(async () => {
  workDir = mkdtempSync(join(tmpdir(), 'stand-in-pair-'));
  pair = await startPair({ workDir, docker });
  const info = { role: '*', capabilities: [{ type: 'PARTITION_AWARE' }] };
  gone = await HttpScheduler.subscribe(pair.master, info);
  await gone.launch(dockerTask({ name: 'ends', task_id: { value: 'ends' } }));
  await gone.status('ends', 'TASK_RUNNING');
  docker.exit([...docker.containers.keys()][0] ?? '', 0);
  await gone.status('ends', 'TASK_FINISHED');
  await gone.launch(dockerTask({ name: 'torn', task_id: { value: 'torn' } }));
  await gone.status('torn', 'TASK_RUNNING');
  await gone.call('TEARDOWN', {});
  scheduler = await HttpScheduler.subscribe(pair.master, info);
  await scheduler.launch(dockerTask({ name: 'runs', task_id: { value: 'runs' } }));
  await scheduler.status('runs', 'TASK_RUNNING');
  await scheduler.call('SUPPRESS', {});
  const offer_ids = scheduler.events.flatMap(
    ({ offers }) => offers?.offers.map(({ id }) => id) ?? [],
  );
  await scheduler.call('DECLINE', { decline: { offer_ids } });
});

afterAll(async () => {
  scheduler.close();
  await pair.stop();
  rmSync(workDir, { recursive: true });
});

async function get(path: string): Promise<unknown> {
  const reply = await call(`${pair.master}${path}`);
  expect(reply.status).toBe(200);
  return JSON.parse(reply.body);
}

/**
 * What the recorded cluster did not have: a task in a container (its `data`, its `container`), or ours has not: the
 * pid of an executor, a status that came with the end of a framework.
 */
const tasks = /\.container\b(?!_)|executor_pid|\.data\b/;

function expectSameKeys(real: unknown, ours: unknown, allowed: RegExp = tasks): void {
  const { missing, extra } = shapeDifference(real, ours);
  expect(missing.filter((path) => !allowed.test(path))).toEqual([]);
  expect(extra.filter((path) => !allowed.test(path))).toEqual([]);
}

describe('answers of the master have the keys of a recorded 1.12.0', () => {
  test('/state', async () => {
    expectSameKeys(recorded.state, await get('/master/state'), /\.flags|container\b/);
  });

  test.each([
    ['/slaves', recorded.slaves],
    ['/state-summary', recorded.stateSummary],
    ['/roles', recorded.roles],
    ['/tasks', recorded.tasks],
    ['/version', recorded.version],
  ])('%s', async (path, real) => {
    expectSameKeys(real, await get(path));
  });

  test('/frameworks', async () => {
    expectSameKeys(recorded.frameworks, await get('/frameworks'));
  });

  test.each([
    ['GET_HEALTH', recorded.GET_HEALTH],
    ['GET_VERSION', recorded.GET_VERSION],
    ['GET_MASTER', recorded.GET_MASTER],
    ['GET_AGENTS', recorded.GET_AGENTS],
    ['GET_ROLES', recorded.GET_ROLES],
    ['GET_TASKS', recorded.GET_TASKS],
    ['GET_FRAMEWORKS', recorded.GET_FRAMEWORKS],
    ['GET_STATE', recorded.GET_STATE],
  ])('%s', async (type, real) => {
    const reply = await call(`${pair.master}/api/v1`, { body: { type } });
    expectSameKeys(real, JSON.parse(reply.body));
  });

  test('/metrics/snapshot', async () => {
    const metrics = (await get('/metrics/snapshot')) as object;
    const missing = metricKeys.filter((key) => !(key in metrics));
    // The registry of this pair is in memory; the allocator's internals have no counterpart.
    expect(missing.filter((key) => !/^(allocator\/|registrar\/log\/)/.test(key))).toEqual([]);
  });
});

describe('events of the scheduler API have the keys of a recorded 1.12.0', () => {
  const of = (name: string) => gone.events.find(({ type }) => type === name);

  test('SUBSCRIBED, HEARTBEAT and OFFERS', () => {
    expectSameKeys(events.SUBSCRIBED, of('SUBSCRIBED'));
    expectSameKeys(events.HEARTBEAT, of('HEARTBEAT'));
    expectSameKeys(events.OFFERS, of('OFFERS'));
  });

  test('updates of an executor', () => {
    const status = (state: string) =>
      gone.events.find(({ update }) => update?.status.state === state);
    expectSameKeys(
      events['TASK_STARTING/SOURCE_EXECUTOR'],
      status('TASK_STARTING'),
      /executor_pid/,
    );
    expectSameKeys(
      events['TASK_RUNNING/SOURCE_EXECUTOR'],
      status('TASK_RUNNING'),
      /executor_pid|data/,
    );
    expectSameKeys(
      events['TASK_FINISHED/SOURCE_EXECUTOR'],
      status('TASK_FINISHED'),
      /executor_pid/,
    );
  });
});

describe('answers of the agent have the keys of a recorded 1.12.0', () => {
  async function getAgent(path: string): Promise<unknown> {
    return JSON.parse((await call(`${pair.agent}${path}`)).body);
  }

  test('/state', async () => {
    expectSameKeys(agentRecorded.state, await getAgent('/slave(1)/state'), /\.flags|container\b/);
  });

  test('/metrics/snapshot', async () => {
    const metrics = (await getAgent('/metrics/snapshot')) as object;
    const unknown = agentRecorded.metrics.filter((key) => !(key in metrics));
    expect(unknown.filter((key) => !/^(containerizer|resource_provider)/.test(key))).toEqual([
      'slave/executor_directory_max_allowed_age_secs',
    ]);
  });
});
