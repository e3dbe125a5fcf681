import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mesosFramework, { type Scheduler, type Status } from 'mesos-framework';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMesos, type MesosPair } from './support/mesos.ts';

/**
 * A scheduler that others wrote against the real Mesos drives master and agent. It is strict about the stream: one
 * record in each chunk, one line break in each record.
 */
let folder: string;
let mesos: MesosPair;
let scheduler: Scheduler;
const updates: Status[] = [];
const errors: string[] = [];
let heartbeats = 0;

const { CommandInfo } = mesosFramework.Mesos.getMesos();

function task(command: string): object {
  return {
    priority: 1,
    instances: 1,
    commandInfo: new CommandInfo(null, null, true, command, null, null),
    resources: { cpus: 0.2, mem: 64, ports: 1, disk: 0 },
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'judge-mesos-framework-'));
  mesos = await startMesos(folder);
  scheduler = new mesosFramework.Scheduler({
    masterUrl: '127.0.0.1',
    port: mesos.masterPort,
    frameworkName: 'judge',
    frameworkFailoverTimeout: 60,
    restartStates: [],
    logging: { path: folder, fileName: 'judge.log', level: 'error' },
    tasks: {
      quick: task('echo "from $HOST"'),
      failing: task('exit 3'),
      lasting: task('sleep 600'),
    },
  });
  scheduler.on('error', (error: { message?: string }) =>
    errors.push(error.message ?? JSON.stringify(error)),
  );
  scheduler.on('heartbeat', () => (heartbeats += 1));
  scheduler.on('update', ({ status }: { status: Status }) => updates.push(status));
  scheduler.on('ready', () => {
    scheduler.subscribe();
  });
  await once('subscribed');
});

afterAll(async () => {
  await mesos.stop();
  rmSync(folder, { recursive: true });
});

function once(event: string): Promise<unknown> {
  return new Promise((resolve) => {
    scheduler.once(event, resolve);
  });
}

function update(name: string, state: string): Promise<Status> {
  const fits = (one: Status) => one.state === state && one.task_id.value.includes(`.${name}`);
  return new Promise((resolve) => {
    const look = () => {
      const found = updates.find(fits);
      if (found === undefined) return;
      scheduler.off('update', look);
      resolve(found);
    };
    scheduler.on('update', look);
    look();
  });
}

async function states(): Promise<Record<string, string[]>> {
  const reply = await fetch(`http://127.0.0.1:${mesos.masterPort}/tasks`);
  const { tasks } = (await reply.json()) as {
    tasks: { id: string; statuses: { state: string }[] }[];
  };
  return Object.fromEntries(
    tasks.map(({ id, statuses }) => [id.split('.')[1] ?? id, statuses.map(({ state }) => state)]),
  );
}

test('subscribes, and is given a framework id and a stream id', () => {
  expect(scheduler.frameworkId).toMatch(/^[0-9a-f-]{36}-\d{4}$/);
  expect(scheduler.mesosStreamId).toMatch(/^[0-9a-f-]{36}$/);
});

test('launches what it has from the offers, and sees tasks run and finish', async () => {
  const finished = await update('quick', 'TASK_FINISHED');
  expect(finished.message).toBe('Command exited with status 0');
  expect((await update('failing', 'TASK_FAILED')).message).toBe('Command exited with status 3');
  await update('lasting', 'TASK_RUNNING');
  expect(await states()).toMatchObject({
    'quick-1': ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'],
    'failing-1': ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED'],
  });
});

test('finds the output of its task, with the host that it named, at the agent', async () => {
  const base = `http://127.0.0.1:${mesos.agentPort}`;
  const { task_id: id } = await update('quick', 'TASK_FINISHED');
  const path = `/frameworks/${scheduler.frameworkId}/executors/${id.value}/runs/latest/stdout`;
  const reply = await fetch(`${base}/files/read?path=${path}&offset=0`);
  expect(await reply.json()).toEqual({
    data: 'from 127.0.0.1\n',
    offset: 0,
  });
});

test('is told at its request how its tasks are', async () => {
  await update('lasting', 'TASK_RUNNING');
  const before = updates.length;
  const told = once('update');
  scheduler.reconcile();
  await told;
  expect(updates.slice(before)).toMatchObject([
    { state: 'TASK_RUNNING', message: 'Reconciliation: Latest task state' },
  ]);
});

test('heard the heart of its master beat', () => {
  expect(heartbeats).toBeGreaterThan(0);
});

test('kills a task', async () => {
  const { task_id: id, agent_id: agent } = await update('lasting', 'TASK_RUNNING');
  scheduler.kill(id.value, agent.value);
  expect((await update('lasting', 'TASK_KILLED')).message).toBe(
    'Command terminated with signal Terminated',
  );
});

test('tears itself down, and is a completed framework then', async () => {
  expect(errors).toEqual([]);
  const id = scheduler.frameworkId;
  const closed = once('error');
  scheduler.teardown();
  expect(await closed).toMatchObject({ message: 'Long-running connection was closed!' });
  const reply = await fetch(`http://127.0.0.1:${mesos.masterPort}/frameworks`);
  const { completed_frameworks: gone } = (await reply.json()) as {
    completed_frameworks: { id: string }[];
  };
  expect(gone.map((one) => one.id)).toEqual([id]);
});
