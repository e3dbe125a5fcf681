import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogRegistrar } from '../../src/mesos-master/registrar.ts';
import { asUnreachable, emptyRegistry, withAgent } from '../../src/mesos-master/registry.ts';
import { fileStore, memoryStore, Replica } from '../../src/mesos-master/replica.ts';
import { ReplicatedLog } from '../../src/mesos-master/replicated-log.ts';
import { fakeClock, type FakeClock } from '../shared/support/fake-clock.ts';
import { agentInfo, masterInfo } from './support/cluster.ts';

interface Ensemble {
  readonly clock: FakeClock;
  readonly replicas: ReadonlyMap<string, Replica>;
  /** Those that run and can be reached. */
  readonly up: Set<string>;
  readonly logOf: (name: string) => ReplicatedLog;
}

const names = ['m1', 'm2', 'm3'];

function ensemble(running: readonly string[] = names): Ensemble {
  const clock = fakeClock();
  const replicas = new Map(names.map((name) => [name, new Replica(memoryStore())]));
  const up = new Set(running);
  const logOf = (name: string) =>
    new ReplicatedLog({
      replica: replicas.get(name) ?? new Replica(memoryStore()),
      quorum: 2,
      autoInitialize: true,
      clock,
      peers: () => [...up].filter((other) => other !== name),
      ask: (peer, request) => {
        const replica = up.has(peer) ? replicas.get(peer) : undefined;
        if (replica === undefined) return Promise.reject(new Error(`${peer} is down`));
        return Promise.resolve(replica.answer(request));
      },
      say: () => undefined,
    });
  return { clock, replicas, up, logOf };
}

async function bootstrapped(): Promise<Ensemble> {
  const all = ensemble();
  for (const name of names) all.logOf(name).recover();
  await all.clock.advance(3000);
  return all;
}

function registrar(all: Ensemble, name: string) {
  const ended: string[] = [];
  const one = new LogRegistrar({
    log: all.logOf(name),
    clock: all.clock,
    fetchTimeoutMs: 60_000,
    storeTimeoutMs: 20_000,
    onStoreTimeout: () => ended.push('aborted'),
  });
  return { one, ended };
}

const info = { ...agentInfo('a1', 'cpus:1'), id: { value: 'S0' } };

describe('the log of a fresh cluster', () => {
  test('starts when all three masters are there', async () => {
    const all = await bootstrapped();
    expect([...all.replicas.values()].map(({ state }) => state.status)).toEqual([
      'VOTING',
      'VOTING',
      'VOTING',
    ]);
  });

  test('does not start with two of three, although two are a quorum', async () => {
    const all = ensemble(['m1', 'm2']);
    for (const name of ['m1', 'm2']) all.logOf(name).recover();
    await all.clock.advance(120_000);
    expect(all.logOf('m1').recovered).toBe(false);
    expect(all.logOf('m1').ensembleSize).toBe(2);
  });
});

describe('a leader', () => {
  test('finds what an earlier leader stored', async () => {
    const all = await bootstrapped();
    const first = registrar(all, 'm1').one;
    expect(await first.recover(masterInfo)).toBe(true);
    await first.update((registry) => withAgent(registry, info));
    all.up.delete('m1');
    const second = registrar(all, 'm2').one;
    expect(await second.recover({ ...masterInfo, id: 'm2-id' })).toBe(true);
    expect(second.registry.agents.map((one) => one.info.hostname)).toEqual(['a1']);
    expect(second.registry.master?.id).toBe('m2-id');
  });

  test('without a quorum gives up after a minute', async () => {
    const all = await bootstrapped();
    all.up.delete('m2').valueOf();
    all.up.delete('m3');
    let recovered: boolean | undefined;
    void registrar(all, 'm1')
      .one.recover(masterInfo)
      .then((result) => {
        recovered = result;
      });
    await all.clock.advance(59_000);
    expect(recovered).toBeUndefined();
    await all.clock.advance(2000);
    expect(recovered).toBe(false);
  });

  test('that loses its quorum does not notice before it writes, and then ends after 20 s', async () => {
    const all = await bootstrapped();
    const { one, ended } = registrar(all, 'm1');
    await one.recover(masterInfo);
    all.up.delete('m2');
    all.up.delete('m3');
    await all.clock.advance(120_000);
    expect(ended).toEqual([]);
    void one.update((registry) => withAgent(registry, info));
    await all.clock.advance(19_000);
    expect(ended).toEqual([]);
    await all.clock.advance(2000);
    expect(ended).toEqual(['aborted']);
  });

  test('that was overtaken can no longer write', async () => {
    const all = await bootstrapped();
    const old = registrar(all, 'm1');
    await old.one.recover(masterInfo);
    await registrar(all, 'm2').one.recover(masterInfo);
    void old.one.update((registry) => withAgent(registry, info));
    await all.clock.advance(25_000);
    expect(old.ended).toEqual(['aborted']);
  });
});

test('a master that came back with an empty folder catches up from the others', async () => {
  const all = await bootstrapped();
  const first = registrar(all, 'm1').one;
  await first.recover(masterInfo);
  await first.update((registry) => withAgent(registry, info));
  all.replicas.get('m3')?.adopt(memoryStore().load());
  expect(all.logOf('m3').recovered).toBe(false);
  all.logOf('m3').recover();
  await all.clock.advance(1000);
  expect(all.logOf('m3').recovered).toBe(true);
  expect(all.replicas.get('m3')?.state.entry?.value).toContain('"hostname":"a1"');
});

test('a replica keeps what it has in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-replica-'));
  const path = join(folder, 'replicated_log', 'replica.json');
  new Replica(fileStore(path)).adopt({ status: 'VOTING', promised: 3, entry: undefined });
  expect(new Replica(fileStore(path)).state).toMatchObject({ status: 'VOTING', promised: 3 });
  rmSync(folder, { recursive: true });
});

test('an agent is in the registry once, whatever happens to it', () => {
  const twice = withAgent(withAgent(emptyRegistry, info), info);
  expect(twice.agents).toHaveLength(1);
  const away = asUnreachable(twice, 'S0', 1);
  expect([away.agents, away.unreachable]).toEqual([[], [{ id: 'S0', sinceMs: 1 }]]);
  expect(withAgent(away, info).unreachable).toEqual([]);
});
