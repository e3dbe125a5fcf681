import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { observe } from '../../../../src/drill/observe/observe.ts';
import { acknowledgedIn } from '../../../../src/drill/observe/written.ts';
import { firstOf, infoNumber, latchNumber } from '../../../../src/drill/observe/probe-elected.ts';
import { readState } from '../../../../src/drill/observe/probe-state.ts';
import { readSrvr } from '../../../../src/drill/observe/probe-zookeeper.ts';
import { parseWatchLine, seenIn } from '../../../../src/drill/observe/watch-lines.ts';
import type { Sample } from '../../../../src/drill/sample.ts';
import { judge } from '../../../../src/drill/judge/judge.ts';
import type { Connector, SshTarget } from '../../../../src/ports.ts';
import { specOf } from '../../../support/cluster-file.ts';
import { goodRecording } from '../../../support/drill/good-recording.ts';
import { steadySight, steadyWorld, type SteadyWorld } from '../../../support/drill/steady-sight.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/drill/${name}`, import.meta.url), 'utf8');

/** Runs all probes for some seconds of a clock that jumps; hosts have no perl. */
async function observed(world: SteadyWorld, untilMs: number) {
  const sight = await steadySight(world);
  const log: string[] = [];
  const connector: Connector = {
    connect: ({ host }: SshTarget) => {
      log.push(`connect ${host}`);
      return Promise.resolve(sight.remotes.get(host)!);
    },
    apart: () => connector,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const clock = fakeClock();
  const over = new AbortController();
  const sleep: typeof clock.sleep = async (ms, signal) => {
    if (ms > 5000) await new Promise(() => undefined);
    if (clock.now() >= untilMs) over.abort();
    await clock.sleep(ms, signal);
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
  };
  const seen: Sample[] = [];
  const observation = await observe({
    ...{ id: '7', plan: goodRecording().plan, spec: sight.spec, begin: 0, signal: over.signal },
    ports: { connector, clock: { ...clock, sleep }, templates: {} },
    onSample: (sample) => seen.push(sample),
  });
  await new Promise<void>((resolve) => {
    over.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  await observation.stop();
  return { observation, seen, log };
}

function latest(seen: readonly Sample[], probe: string, host: string) {
  return seen.findLast((one) => one.seen.probe === probe && one.seen.host === host)?.seen;
}

test('every server is asked ten times a second, from connections of their own', async () => {
  const world = steadyWorld();
  const { observation, seen, log } = await observed(world, 5000);
  const count = (probe: string, host: string) =>
    seen.filter((one) => one.seen.probe === probe && one.seen.host === host).length;
  for (const host of ['m1', 'm2', 'm3']) {
    for (const probe of ['zookeeper', 'write', 'elected', 'mesos', 'marathon']) {
      expect(count(probe, host), `${probe} of ${host}`).toBeGreaterThanOrEqual(49);
    }
  }
  // Lists and pages at most twice a second.
  expect(seen.filter((one) => one.seen.probe === 'mesos-state').length).toBeLessThanOrEqual(11);
  expect(log.filter((line) => line === 'connect m1')).toHaveLength(3);
  expect(observation.samples().length).toBeLessThan(seen.length);
});

test('what the probes of a healthy cluster see', async () => {
  const world = steadyWorld();
  const info = (ip: string) => JSON.stringify({ address: { ip, port: 5050 } });
  world.znodes.set('/mesos/json.info_0000000003', info('10.0.0.12'));
  world.znodes.set('/mesos/json.info_0000000002', info('10.0.0.11'));
  world.znodes.set('/mesos/log_replicas', '');
  world.znodes.set('/marathon/leader-curator/_c_b-latch-0000000001', '10.0.0.13:8080');
  world.znodes.set('/marathon/leader-curator/_c_f-latch-0000000000', '10.0.0.12:8080');
  const { seen } = await observed(world, 3000);
  expect(latest(seen, 'zookeeper', 'm3')).toMatchObject({ mode: 'leader', epoch: 5 });
  expect(latest(seen, 'zookeeper', 'm1')).toMatchObject({ mode: 'follower', error: undefined });
  expect(latest(seen, 'zookeeper-synced', 'm3')).toMatchObject({ synced: 2 });
  expect(latest(seen, 'mesos', 'm1')).toMatchObject({ status: 200 });
  expect(latest(seen, 'mesos', 'm2')).toMatchObject({ status: 307 });
  expect(latest(seen, 'elected', 'm2')).toMatchObject({ mesos: 'm1', marathon: 'm2' });
  expect(latest(seen, 'marathon', 'm2')).toMatchObject({ leader: 'm2', elected: true });
  expect(latest(seen, 'marathon', 'm1')).toMatchObject({ leader: 'm2', elected: false });
  expect(latest(seen, 'mesos-state', 'm1')).toMatchObject({
    agents: ['S-1', 'S-2'],
    tasks: ['F-1/jenkins.1@S-1', 'ci-jenkins-main/agent.5@S-2'],
  });
  expect(latest(seen, 'apps', 'm2')).toMatchObject({ tasks: ['jenkins.1'] });
  expect(latest(seen, 'jenkins', 'a2')).toMatchObject({ controller: 'main', status: 200 });
  expect(latest(seen, 'gateway', 'a1')).toMatchObject({ open: true });
});

test('each acknowledged write is a znode of its own with its value', async () => {
  const world = steadyWorld();
  const { seen } = await observed(world, 2000);
  const values = acknowledgedIn(seen);
  expect(values.length).toBeGreaterThan(50);
  expect(new Set(values).size).toBe(values.length);
  values.forEach((value) => {
    expect(world.znodes.get(`/ci-cluster/drill-7/${value}`)).toBe(value);
  });
});

test('without perl on a host nobody sees from inside, and that is told', async () => {
  const { observation } = await observed(steadyWorld(), 1000);
  expect(observation.clocks()).toEqual([]);
  expect(observation.faults()).toEqual([
    expect.stringMatching(/the sampler on a\d: ended with 127/),
  ]);
});

test('a member that looks for a leader is told apart from one that hangs up', () => {
  expect(readSrvr('This ZooKeeper instance is not currently serving requests\n').mode).toBe(
    'looking',
  );
  expect(readSrvr('')).toEqual({ mode: undefined, epoch: undefined, error: 'closed' });
  expect(readSrvr('Zxid: 0x0\nMode: follower\n')).toMatchObject({
    mode: 'follower',
    epoch: undefined,
  });
  expect(readSrvr('Zxid: 0x1a00000007\nMode: leader\n')).toMatchObject({ epoch: 26 });
});

test('the candidate with the lowest number leads, whatever its name', () => {
  const masters = ['log_replicas', 'json.info_0000000012', 'json.info_0000000003'];
  expect(firstOf(masters, infoNumber)).toBe('json.info_0000000003');
  const latches = ['_c_a-latch-0000000009', '_c_z-latch-0000000002', 'other'];
  expect(firstOf(latches, latchNumber)).toBe('_c_z-latch-0000000002');
  expect(firstOf([], latchNumber)).toBeUndefined();
});

test('a real master after a failover: a framework that it only recovered is not back', () => {
  const bodies = JSON.parse(fixture('mesos-1.12-after-failover.json')) as object;
  const state = readState(Object.values(bodies));
  const id = 'f1e11242-08eb-4bcd-9a85-5ecd34b18563';
  expect(state).toEqual({
    agents: [`${id}-S0`],
    frameworks: [`${id}-0002`],
    tasks: [`${id}-0001/longrun@${id}-S0`, `${id}-0002/longzk@${id}-S0`],
  });
});

test('a real kill of a leading master: 9.8 s, though two masters redirected all the time', () => {
  const killedAt = 1795364526.873;
  const ports: Record<string, string> = { 5151: 'm1', 5152: 'm2', 5153: 'm3' };
  const changes = fixture('mesos-1.12-leader-killed.txt')
    .split('\n')
    .flatMap((line): Sample[] => {
      const [, time = '', endpoint = ''] = line.split(/\s+/);
      const port = /^(\d+)\/api/.exec(endpoint)?.[1];
      const at = Math.round((Number(time) - killedAt) * 1000) + 10_000;
      const host = ports[port ?? ''];
      const elected = ports[/leader=json\.info_\d+:(\d+)/.exec(line)?.[1] ?? ''];
      const one = { at, tookMs: 0, from: 'operator' };
      if (elected !== undefined) {
        const seen = { probe: 'elected', host: 'm1', mesos: elected, marathon: undefined } as const;
        return [{ ...one, seen }];
      }
      if (host === undefined) return [];
      const status = Number(/GET_MASTER +(\d{3})/.exec(line)?.[1]) || undefined;
      const error = status === undefined ? 'refused' : undefined;
      return [{ ...one, seen: { probe: 'mesos', host, status, error } }];
    });
  expect(changes).toHaveLength(9);
  const good = goodRecording();
  const { timeline, invariants } = judge({ ...good, samples: changes });
  const moment = timeline.find(({ name }) => name === 'mesos-leader');
  expect(moment?.at).toBe(10_000 + 9_803);
  expect(invariants.find(({ name }) => name.startsWith('one Mesos'))?.holds).toBe(true);
});

test('lines of the sampler inside, and what is no such line', async () => {
  const spec = await specOf();
  expect(parseWatchLine('ready')).toEqual({ kind: 'ready' });
  expect(parseWatchLine('pong 7 1234.567')).toEqual({ kind: 'pong', name: '7', at: 1234.567 });
  expect(parseWatchLine('s 0 12 100.5 3.2 ok leader 0x500000001')).toEqual({
    ...{ kind: 'sample', target: 0, number: 12, sentAt: 100.5, tookMs: 3.2 },
    words: ['ok', 'leader', '0x500000001'],
  });
  for (const line of ['', 's', 's a b c d ok x', 's 0 1 2', 'pong', 'perl: warning']) {
    expect(parseWatchLine(line)).toBeUndefined();
  }
  const master = { kind: 'mesos', host: 'm1' } as const;
  expect(seenIn(spec, master, ['ok', '307'])).toMatchObject({ status: 307, error: undefined });
  expect(seenIn(spec, master, ['error', 'refused'])).toMatchObject({ error: 'refused' });
  const instance = { kind: 'marathon', host: 'm1' } as const;
  const told = ['ok', '200', '10.0.0.12:8080', 'no', 'F-1'];
  expect(seenIn(spec, instance, told)).toMatchObject({
    ...{ leader: 'm2', elected: false, frameworkId: 'F-1', error: undefined },
  });
  expect(seenIn(spec, instance, ['ok', '502', '-', 'yes', '-'])).toMatchObject({
    ...{ leader: undefined, elected: undefined, error: 'answers-502' },
  });
});
