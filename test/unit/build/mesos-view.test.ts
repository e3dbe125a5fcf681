import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMesosView } from '../../../src/build/mesos-view.ts';
import type { FakeService } from '../../support/fake-host.ts';
import { sightOf } from '../../support/sight.ts';

/** Recorded from a real Mesos 1.12, trimmed to what is read. */
function recorded(name: string): string {
  return readFileSync(new URL(`../../fixtures/mesos/${name}.json`, import.meta.url), 'utf8');
}

const real: FakeService = {
  http: ({ path, body = '' }) => {
    if (path.startsWith('/metrics')) return { body: '{"registrar/log/ensemble_size":3}' };
    if (body.includes('GET_TASKS')) return { body: recorded('get-tasks') };
    if (body.includes('GET_FRAMEWORKS')) return { body: recorded('get-frameworks-disconnected') };
    if (path === '/api/v1') return { status: 200 };
    return { body: recorded(path.replace(/^\//, '').replace(/\?.*/, '')) };
  },
};

async function view(service = real) {
  return createMesosView(await sightOf({ 'm1:5050': service }));
}

const prefix = 'f1e11242-08eb-4bcd-9a85-5ecd34b18563';

test('tasks of one framework are read, whatever else the answer holds', async () => {
  const mesos = await view();
  expect(await mesos.tasks(`${prefix}-0002`)).toEqual([
    { id: 'longzk', name: 'longzk', state: 'TASK_RUNNING', agentId: `${prefix}-S0` },
  ]);
  expect(await mesos.tasks('nobody')).toEqual([]);
});

test('why a task ended is read from the last status that says something', async () => {
  const mesos = await view();
  expect(await mesos.taskEnds(`${prefix}-0000`)).toMatchObject([
    {
      ...{ id: 'hello', state: 'TASK_FINISHED', reason: 'REASON_FRAMEWORK_REMOVED' },
      message: `Framework ${prefix}-0000 removed`,
    },
  ]);
});

test('what is free on an agent is what it has without what is used', async () => {
  expect(await (await view()).agents()).toEqual([
    {
      ...{ id: `${prefix}-S0`, hostname: '127.0.0.1', active: true, attributes: { rack: 'r1' } },
      total: { cpus: 4, memoryMb: 2048, diskMb: 4096 },
      free: { cpus: 3, memoryMb: 1920, diskMb: 4096 },
    },
  ]);
});

test('what a role has taken is read with its quota; an unused role has taken nothing', async () => {
  const mesos = await view();
  const none = { cpus: undefined, memoryMb: undefined };
  expect(await mesos.role('*')).toEqual({
    ...{ limit: none, used: { cpus: 1, memoryMb: 128, diskMb: 0 } },
  });
  expect(await mesos.role('jenkins-main')).toMatchObject({ limit: {}, used: { cpus: 0 } });
});

test('frameworks are read with whether they are connected', async () => {
  expect(await (await view()).frameworks()).toEqual([
    {
      ...{ id: '1a379ca2-1f87-45b3-bb4c-4d83a4cffcf8-0003', name: 'fo' },
      ...{ active: false, connected: false, registered: '2026-11-22T17:39:06.005Z' },
    },
    expect.objectContaining({ name: 'retryfw', active: true, connected: true }),
  ]);
});

test('a master that answers with something else tells nothing', async () => {
  const odd = await view({ http: ({ path }) => (path === '/api/v1' ? {} : { body: 'hello' }) });
  expect(await odd.tasks('x')).toBeUndefined();
  expect(await odd.agents()).toBeUndefined();
  expect(await odd.role('x')).toBeUndefined();
  expect(await odd.frameworks()).toBeUndefined();
});
