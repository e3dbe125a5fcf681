import { expect, test } from 'vitest';
import { findDiskHogs } from '../../../src/health/disk-hogs.ts';
import type { Facts, TaskFacts } from '../../../src/plan/facts.ts';
import { http, jsonBody, sightOf, timeout, type Answer } from '../../support/sight.ts';

function task(name: string, container: string, disk?: number) {
  const resources = [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } },
    ...(disk === undefined ? [] : [{ name: 'disk', type: 'SCALAR', scalar: { value: disk } }]),
  ];
  const starting = { state: 'TASK_STARTING', timestamp: 1 };
  const running = { container_status: { container_id: { value: container } } };
  return { name, task_id: { value: name }, resources, statuses: [starting, running] };
}

const tasks = [task('build-1', 'c1', 1024), task('build-2', 'c2'), task('build-3', 'c3', 512)];

async function hogs(used: readonly TaskFacts[], answer: Answer, leader: string | undefined = 'm1') {
  const sight = await sightOf({ 'm1:5050': http({ '/api/v1': answer }) });
  const facts = new Map([['a1', { tasks: used } as unknown as Facts]]);
  return await findDiskHogs(sight, leader, facts);
}

const declared = jsonBody({ type: 'GET_TASKS', get_tasks: { tasks } });

test('a task that takes more disk than it declared is found, with host and both sizes', async () => {
  const used = [
    { container: 'c1', usedKib: 3_000_000 },
    { container: 'c3', usedKib: 512 * 1024 },
  ];
  expect(await hogs(used, declared)).toEqual([
    { task: 'build-1', host: 'a1', usedMb: 2930, declaredMb: 1024 },
  ]);
});

test('a task without a name, as the Mesos plugin leaves them, is told by its id', async () => {
  const nameless = jsonBody({ get_tasks: { tasks: [{ ...tasks[0], name: '' }] } });
  const [hog] = await hogs([{ container: 'c1', usedKib: 3_000_000 }], nameless);
  expect(hog?.task).toBe('build-1');
});

test('what could not be counted is told as unknown', async () => {
  const used = [{ container: 'c3', usedKib: undefined }];
  expect(await hogs(used, declared)).toEqual([
    { task: 'build-3', host: 'a1', usedMb: undefined, declaredMb: 512 },
  ]);
});

test('a task that declared no disk, and a container that is no task, break no promise', async () => {
  const used = [
    { container: 'c2', usedKib: 9e9 },
    { container: 'other', usedKib: 9e9 },
  ];
  expect(await hogs(used, declared)).toEqual([]);
});

test('without a leader that tells, nothing is claimed', async () => {
  const used = [{ container: 'c1', usedKib: 9e9 }];
  expect(await hogs(used, timeout)).toEqual([]);
  expect(await hogs(used, { status: 503, body: 'No leader elected' })).toEqual([]);
});

test('a pool without tasks is not asked for them', async () => {
  const asked: string[] = [];
  const service = { http: () => (asked.push('asked'), declared) };
  const sight = await sightOf({ 'm1:5050': service });
  const facts = new Map([['a1', { tasks: [] } as unknown as Facts]]);
  expect(await findDiskHogs(sight, 'm1', facts)).toEqual([]);
  expect(asked).toEqual([]);
});
