import { expect, test } from 'vitest';
// Loaded here, so that it does not count as time of the first test.
import '../../../src/commands/lock-action.ts';
import { fakeWorld, machine, powerOff, type FakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

const theirs = JSON.stringify({
  ...{ token: 'theirs', run: 'r1', owner: 'ann@desk', command: 'init' },
  since: '2026-03-02T21:00:00Z',
});

async function allHeld({ machines }: FakeWorld): Promise<void> {
  while (![...machines.values()].every(({ lock }) => lock !== undefined))
    await new Promise((resolve) => setImmediate(resolve));
}

test('lock tells who has which host, and that the others are free', async () => {
  const world = fakeWorld();
  machine(world, 'm1').lock = { token: 'theirs', claim: theirs, lose: () => undefined };
  machine(world, 'm2').busyWith = theirs;
  const { exitCode, stdout } = await runCli('lock', world);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('m1  held  ann@desk since 2026-03-02T21:00:00Z: init (run r1)');
  expect(stdout).toMatch(/m2 {2}busy .*gone, but a step\s+of it still runs/s);
  expect(stdout).toContain('free: m3, a1, a2');
});

test('lock status is the same; a free cluster is one line', async () => {
  expect((await runCli('lock status', fakeWorld())).stdout).toBe('free: all hosts');
});

test('a host that does not answer is told, and decides the exit code: 4', async () => {
  const world = fakeWorld();
  powerOff(world, 'm3');
  const { exitCode, stdout } = await runCli('lock --json', world);
  expect(exitCode).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    hosts: [{ state: 'free', holder: null }, {}, { host: 'm3', state: 'unreachable' }, {}, {}],
  });
});

test('a freeze holds every host until Ctrl-C, and refuses everybody with its reason', async () => {
  const world = fakeWorld();
  const interruption = new AbortController();
  const holding = runCli('lock hold --reason audit', world, { interruption });
  await allHeld(world);
  const refused = await runCli('init --yes', world);
  expect(refused.exitCode).toBe(7);
  expect(refused.stderr).toContain('lock hold');
  expect(refused.stderr).toContain('audit');
  interruption.abort(130);
  const { exitCode, stderr } = await holding;
  expect(exitCode).toBe(130);
  expect(stderr).toContain('nobody else can change');
  expect(stderr).toContain('the freeze of 5 hosts is over');
  expect([...world.machines.values()].every(({ lock }) => lock === undefined)).toBe(true);
});

test('a freeze that loses a host ends: exit 5', async () => {
  const world = fakeWorld();
  const holding = runCli('lock hold --reason audit', world);
  await allHeld(world);
  machine(world, 'm2').lock?.lose();
  const { exitCode, stderr } = await holding;
  expect(exitCode).toBe(5);
  expect(stderr).toContain('lost the lock of m2');
});

test('a freeze without every host is no freeze: exit 4', async () => {
  const world = fakeWorld();
  powerOff(world, 'm3');
  expect((await runCli('lock hold --reason audit', world)).exitCode).toBe(4);
});

test('a freeze demands a reason', async () => {
  expect((await runCli('lock hold', fakeWorld())).exitCode).toBe(2);
});
