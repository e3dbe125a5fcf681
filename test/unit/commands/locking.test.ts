import { expect, test } from 'vitest';
// Loaded here, so that it does not count as time of the first test.
import '../../../src/commands/init-action.ts';
import { buildingWorld } from '../../support/building-world.ts';
import { fakeWorld, machine, type FakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

const theirs = JSON.stringify({
  ...{ token: 'theirs', run: '20260302T210000Z-beef', owner: 'ann@desk' },
  ...{ command: 'restart zookeeper', since: '2026-03-02T21:00:00Z' },
});

function lockedBy(world: FakeWorld, host: string, claim = theirs): void {
  machine(world, host).lock = { token: 'theirs', claim, lose: () => undefined };
}

function locks(world: FakeWorld): string[] {
  return [...world.machines.values()].flatMap(({ name, lock }) => (lock ? [name] : []));
}

function changesIn(log: readonly string[]): string[] {
  return log.filter((line) => /: (?:write|folder|start|claim|pull|create|PUT)/.test(line));
}

test('a host that somebody else changes is left alone, and so are all others: exit 7', async () => {
  const world = fakeWorld();
  lockedBy(world, 'm2');
  const { exitCode, stderr, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(7);
  expect(stderr).toContain(
    'm2 is locked by ann@desk since 2026-03-02T21:00:00Z, who runs restart zookeeper (run',
  );
  expect(stderr).toContain('ci-cluster lock shows who holds what');
  expect(changesIn(log)).toEqual([]);
  expect(locks(world)).toEqual(['m2']);
  expect(world.records.size).toBe(0);
});

test('the reason of a freeze is told to whoever is refused', async () => {
  const world = fakeWorld();
  lockedBy(world, 'a1', theirs.replace('}', ',"reason":"audit until noon"}'));
  expect((await runCli('init --yes', world)).stderr).toContain('): audit until noon');
});

test('a host where a script of a run that is gone still works is waited for: exit 7', async () => {
  const world = fakeWorld();
  machine(world, 'm1').busyWith = theirs;
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect(exitCode).toBe(7);
  expect(stderr).toContain('m1 still works on a step of ann@desk');
});

test('the first host by name decides between two: the loser takes no other', async () => {
  const world = fakeWorld();
  lockedBy(world, 'a1');
  const { log } = await runCli('init --yes', world);
  expect(log.filter((line) => line.endsWith(': lock'))).toEqual(['a1: lock']);
});

test('a run holds the lock of every host that it changes, and gives all back', async () => {
  const world = fakeWorld();
  const seen = new Set<string>();
  world.onLog = (line) => {
    if (line.endsWith(': stage')) locks(world).forEach((host) => seen.add(host));
  };
  expect((await runCli('init --yes', world)).exitCode).toBe(0);
  expect([...seen].sort()).toEqual(['a1', 'a2', 'm1', 'm2', 'm3']);
  expect(locks(world)).toEqual([]);
});

test('a run that fails gives all locks back', async () => {
  const world = fakeWorld();
  machine(world, 'm2').isPullable = () => false;
  expect((await runCli('init --yes', world)).exitCode).toBe(5);
  expect(locks(world)).toEqual([]);
});

test('a call to a service alone needs the locks of a majority of the masters', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  world.apps.clear();
  const { exitCode, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(0);
  const locked = log.filter((line) => line.endsWith(': lock')).map((line) => line.split(':')[0]);
  expect(locked.toSorted()).toEqual(['m1', 'm2']);
});

test('a change of one agent alone asks no other host for its lock', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  machine(world, 'a2').containers.delete('ci-mesos-agent');
  const { exitCode, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(0);
  expect(log.filter((line) => /: (?:lock|stage)$/.test(line))).toEqual(['a2: lock', 'a2: stage']);
});

test('a lock that is lost in the middle stops everything at the next step: exit 5', async () => {
  const world = fakeWorld();
  world.onLog = (line) => {
    if (line === 'm1: start ci-zookeeper') machine(world, 'm3').lock?.lose();
  };
  const { exitCode, stderr, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(5);
  expect(stderr).toContain('lost the lock of m3');
  expect(stderr).toContain('[LOCK_LOST]');
  expect(stderr).toContain('ci-cluster resume');
  expect(log.some((line) => line.endsWith('start ci-mesos-master'))).toBe(false);
  expect(locks(world)).toEqual([]);
});

test('hosts that have kept their locks stop at their next step when another has lost its own', async () => {
  const world = fakeWorld();
  world.onLog = (line) => {
    if (line === 'm1: claim') machine(world, 'a2').lock?.lose();
  };
  const { exitCode, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(5);
  expect(log.filter((line) => line.includes(': pull '))).toEqual([]);
});

test('a loser whose lock somebody else has got cannot write', async () => {
  const world = fakeWorld();
  world.onLog = (line) => {
    if (line !== 'm3: stage' || machine(world, 'm3').lock === undefined) return;
    lockedBy(world, 'm3');
  };
  const { exitCode, stderr, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(5);
  expect(stderr).toContain('lost the lock of m3: ann@desk has it');
  expect(changesIn(log).filter((line) => line.startsWith('m3:'))).toEqual([]);
});

test('a plan that somebody overtook while it waited is refused: exit 8', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  machine(world, 'a2').containers.delete('ci-mesos-agent');
  const others = '20260302T210000Z-beef';
  world.onLog = (line) => {
    if (line !== 'a2: lock') return;
    lastRun(world, 'a2', others);
    const agent = machine(world, 'a1').containers.get('ci-mesos-agent');
    machine(world, 'a2').containers.set('ci-mesos-agent', structuredClone(agent!));
  };
  const { exitCode, stderr, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain(`a2 was changed by run ${others} while this plan waited`);
  expect(log.filter((line) => line.endsWith(': stage'))).toEqual([]);
  expect(locks(world)).toEqual([]);
});

test('a plan that is the same after somebody else was there is carried out', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  machine(world, 'a2').containers.delete('ci-mesos-agent');
  world.onLog = (line) => {
    if (line === 'a2: lock') lastRun(world, 'a2', 'another');
  };
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('a2 was changed meanwhile: looking again');
});

test('a plan without changes takes no lock and keeps no record', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  const kept = world.records.size;
  lockedBy(world, 'm1');
  const { exitCode, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(0);
  expect(log.some((line) => line.endsWith(': lock'))).toBe(false);
  expect(world.records.size).toBe(kept);
});

function lastRun(world: FakeWorld, host: string, content: string): void {
  const path = '/var/lib/ci-cluster/last-run';
  machine(world, host).files.set(path, { content, mode: '644', uid: 0, gid: 0, modified: 1 });
}

test('an order to Mesos alone waits for nobody who changes the cluster: exit 7, nothing ended', async () => {
  const world = fakeWorld();
  await runCli('init --yes --no-build', world);
  world.mesos.frameworks.push({
    ...{ id: 'old', name: 'jenkins-main', active: false, connected: false },
  });
  lockedBy(world, 'm1');
  const { exitCode, log } = await runCli('jenkins prune-frameworks --confirm ci', world);
  expect(exitCode).toBe(7);
  expect(log.filter((line) => line.includes('TEARDOWN'))).toEqual([]);
});

test('a controller is moved under the lock of a majority of the masters', async () => {
  const world = await buildingWorld();
  let held: string[] = [];
  world.onLog = (line) => {
    if (line.includes('DELETE /v2/apps')) held = locks(world);
  };
  const { exitCode, stderr } = await runCli('jenkins failover main --yes', world);
  expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  expect(held).toEqual(['m1', 'm2']);
  expect(locks(world)).toEqual([]);
  lockedBy(world, 'm2');
  const { log, ...refused } = await runCli('jenkins failover main --yes', world);
  expect(refused.exitCode).toBe(7);
  expect(log.filter((line) => /DELETE|_AGENT/.test(line))).toEqual([]);
}, 30_000);
