import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call } from '../../src/shared/http-client.ts';
import { fakeDocker } from '../mesos-agent/support/fake-docker.ts';
import { dockerTask } from '../mesos-agent/support/task-run.ts';
import { HttpScheduler } from './support/http-scheduler.ts';
import { startPair, type Pair } from './support/pair.ts';

let pair: Pair;
let workDir: string;

beforeAll(async () => {
  workDir = mkdtempSync(join(tmpdir(), 'stand-in-drain-'));
  pair = await startPair({ workDir, docker: fakeDocker() });
});

afterAll(async () => {
  await pair.stop();
  rmSync(workDir, { recursive: true });
});

interface Slave {
  readonly id: string;
  readonly drain_info?: { readonly state: string };
}

async function slave(): Promise<Slave | undefined> {
  const { body } = await call(`${pair.master}/slaves`);
  return (JSON.parse(body) as { slaves: Slave[] }).slaves[0];
}

test('master and agent together drain: the task ends, its framework takes note, the agent is DRAINED', async () => {
  const capabilities = [{ type: 'PARTITION_AWARE' }];
  const scheduler = await HttpScheduler.subscribe(pair.master, { capabilities });
  await scheduler.launch(dockerTask({ name: 'busy', task_id: { value: 'busy' } }));
  await scheduler.status('busy', 'TASK_RUNNING');
  const agent_id = { value: (await slave())?.id };
  const reply = await call(`${pair.master}/api/v1`, {
    body: { type: 'DRAIN_AGENT', drain_agent: { agent_id, max_grace_period: { seconds: 1 } } },
  });
  expect([reply.status, reply.body]).toEqual([200, '']);
  const end = await scheduler.status('busy', 'TASK_KILLED');
  expect(end?.reason).toBe('REASON_AGENT_DRAINING');
  await expect
    .poll(async () => (await slave())?.drain_info?.state, { interval: 10 })
    .toBe('DRAINED');
  scheduler.close();
});
