import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HttpRequest, RemoteHost } from '../../../../src/ports.ts';
import { fence, markGone, type Order } from '../../../../src/run/failover/fence.ts';
import { lockState, proveDead } from '../../../../src/run/failover/proof.ts';
import { awaitElsewhere } from '../../../../src/run/failover/watch.ts';
import { clusterFile, controller, specOf } from '../../../support/cluster-file.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { fakeHost, type FakeService } from '../../../support/fake-host.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { jsonBody, timeout, type Answer } from '../../../support/sight.ts';

const home = { kind: 'shared', path: '/srv/homes/main' };
const spec = await specOf(clusterFile({ agents: 3, jenkins: { main: controller({ home }) } }));
const main = spec.jenkins[0]!;
const host = (name: string) => spec.hosts.find((one) => one.name === name)!;

/** A cluster whose controller runs on a1; m1 leads. Time passes only in sleeps. */
function world(parts: {
  /** What flock says on the hosts: 0 free, 75 held, 66 not to be opened. */
  readonly lock: () => number;
  readonly task: () => { readonly id: string; readonly host: string; readonly state?: string };
  readonly a1?: Answer;
  readonly refuse?: string;
  readonly missing?: readonly string[];
}) {
  const log: string[] = [];
  const mesos = ({ method, body = '' }: HttpRequest): Answer => {
    if (method === 'GET') return { status: 404 };
    const call = JSON.parse(body) as { readonly type: string };
    if (call.type === 'GET_HEALTH') return { status: 200 };
    log.push(call.type);
    return call.type === parts.refuse ? { status: 400, body: 'Unknown agent' } : { status: 200 };
  };
  const marathon = ({ method, path }: HttpRequest): Answer => {
    if (method === 'GET') {
      const { id, host: name, state } = parts.task();
      const task = { id, host: host(name).address, slaveId: 'S1', state };
      return jsonBody({ app: { tasks: [task] } });
    }
    log.push(`${method} ${path}`);
    return { status: 200, body: '{}' };
  };
  const services: Record<string, FakeService> = {
    [`${host('m1').address}:5050`]: { http: mesos },
    [`${host('m1').address}:8080`]: { http: marathon },
    [`${host('a1').address}:5051`]: { http: () => parts.a1 ?? timeout },
    [`${host('a2').address}:31080`]: { http: () => ({ status: 200 }) },
  };
  const programs = { sh: () => ({ exitCode: parts.lock(), stderr: 'it is not there\n' }) };
  const remotes = new Map<string, RemoteHost>(
    spec.hosts
      .filter(({ name }) => !(parts.missing ?? ['a1']).includes(name))
      .map(({ name }) => [name, fakeHost({ name, services, programs })]),
  );
  const sight = { spec, remotes, missing: new Map<string, string>() };
  const clock = fakeClock();
  const order: Order = {
    sight,
    ports: { clock, signal: new AbortController().signal } as unknown as Order['ports'],
    leaders: { mesos: 'm1', marathon: 'm1' },
    controller: main,
    task: { id: 't1', agentId: 'S1', state: 'TASK_RUNNING', host: host('a1') },
    report: (event) => {
      if (event.kind === 'settling') log.push(event.reason);
    },
  };
  return { order, sight, log, clock };
}

const onA1 = () => ({ id: 't1', host: 'a1' });

describe('a host is proved dead', () => {
  test('by silence to everybody and a free lock', async () => {
    const { sight } = world({ lock: () => 0, task: onA1 });
    expect(await proveDead(sight, host('a1'), main)).toEqual({
      dead: true,
      evidence: [
        'no SSH connection to a1',
        'silent to 5 other hosts',
        'lock /srv/homes/main/.ci-cluster.lock is free',
      ],
    });
  });

  test.each([
    ['answers the other hosts', { status: 200 }, 0, 'it answers m1, m2, m3, a2, a3'],
    [
      'refuses connections, so it is up',
      { failure: 'refused', detail: '' } as const,
      0,
      'it answers m1, m2, m3, a2, a3',
    ],
    ['is silent, but the lock is held', timeout, 75, 'is held: it still writes'],
    ['is silent, but the lock cannot be tried', timeout, 66, 'could not be tried on a2'],
  ])('not if it %s', async (_, a1, lock, words) => {
    const { sight } = world({ lock: () => lock, task: onA1, a1 });
    const { dead, evidence } = await proveDead(sight, host('a1'), main);
    expect(dead).toBe(false);
    expect(evidence.join('; ')).toContain(words);
  });

  test('not where no other host has the home', async () => {
    const { sight } = world({ lock: () => 0, task: onA1, missing: ['a1', 'a2', 'a3'] });
    const { dead, evidence } = await proveDead(sight, host('a1'), main);
    expect([dead, evidence.at(-1)]).toEqual([false, 'no host to try the lock from']);
  });
});

describe('the controller on a living host', () => {
  test('is ended, waited for, and its host gets offers again after the move', async () => {
    let tries = 0;
    const lock = () => (++tries < 3 ? 75 : 0);
    const { order, log } = world({ lock, task: onA1, missing: [] });
    const result = await fence(order, () => {
      log.push('moved');
      return Promise.resolve('a2');
    });
    expect(result).toBe('a2');
    expect(log).toEqual([
      'DEACTIVATE_AGENT',
      'DELETE /v2/apps/ci/jenkins-main/tasks/t1?scale=false',
      'lock /srv/homes/main/.ci-cluster.lock is held: it still writes',
      'lock /srv/homes/main/.ci-cluster.lock is held: it still writes',
      'moved',
      'REACTIVATE_AGENT',
    ]);
  });

  test('counts as ended when its task is gone, even if the new one has the lock already', async () => {
    const { order } = world({
      lock: () => 75,
      task: () => ({ id: 't2', host: 'a2' }),
      missing: [],
    });
    expect(await fence(order, () => Promise.resolve('a2'))).toBe('a2');
  });

  test('that does not end is an error, and its host gets offers again', async () => {
    const { order, log } = world({ lock: () => 75, task: onA1, missing: [] });
    await expect(fence(order, () => Promise.resolve('never'))).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('the old controller did not end') as string,
      remedy: expect.stringContaining('docker ps --filter volume=/srv/homes/main') as string,
    });
    expect(log.at(-1)).toBe('REACTIVATE_AGENT');
  });
});

test('an undo that fails as well is told beside the first fault, not instead of it', async () => {
  const { order } = world({ lock: () => 75, task: onA1, missing: [], refuse: 'REACTIVATE_AGENT' });
  await expect(fence(order, () => Promise.resolve('never'))).rejects.toMatchObject({
    code: 'STEP_FAILED',
    message: expect.stringMatching(
      /the old controller did not end.*; and the Mesos master did not take REACTIVATE_AGENT/,
    ) as string,
    remedy: expect.stringContaining('still gets no offers') as string,
  });
});

test('a lock file that is not there proves nothing, and none is made', async () => {
  const home = tempFolder();
  const { order } = world({ lock: () => 0, task: onA1 });
  const run: RemoteHost['run'] = (argv) => {
    const [program, ...words] = argv;
    const ran = spawnSync(program, words, { encoding: 'utf8' });
    const { status, stdout, stderr } = ran;
    return Promise.resolve({
      ...{ exitCode: status ?? undefined, signal: undefined, stdout, stderr, truncated: false },
    });
  };
  const remotes = new Map([['a2', { ...fakeHost({ name: 'a2' }), run }]]);
  const mounted = { ...main, home: { kind: 'shared' as const, path: home } };
  const ask = () => lockState(order.sight.spec, remotes, { controller: mounted, except: 'a1' });
  expect(await ask()).toMatchObject({ state: 'unknown' });
  expect(readdirSync(home)).toEqual([]);
  writeFileSync(join(home, '.ci-cluster.lock'), '');
  expect(await ask()).toMatchObject({ state: 'free' });
});

test('an order that Mesos does not take is told in its own words', async () => {
  const { order } = world({ lock: () => 0, task: onA1, refuse: 'MARK_AGENT_GONE' });
  await expect(markGone(order)).rejects.toMatchObject({
    message: 'the Mesos master did not take MARK_AGENT_GONE: 400 Unknown agent',
  });
});

describe('the move is over', () => {
  test('when another host answers, not while the old one still stands there', async () => {
    const states = [
      { id: 't1', host: 'a1' },
      { id: 't2', host: 'a2', state: 'TASK_STAGING' },
      { id: 't2', host: 'a2' },
    ];
    const { order, log } = world({ lock: () => 0, task: () => states.shift() ?? onA1() });
    expect(await awaitElsewhere(order, host('a1'))).toBe('a2');
    expect(log).toEqual(['waits for an offer from another host', 'is being started on a2']);
  });

  test('at the latest after five minutes, with the reason', async () => {
    const { order, clock } = world({ lock: () => 0, task: onA1 });
    await expect(awaitElsewhere(order, host('a1'))).rejects.toMatchObject({
      code: 'GATE_NOT_REACHED',
      message: expect.stringContaining('waits for an offer from another host') as string,
    });
    expect(clock.now()).toBe(300_000);
  });
});
