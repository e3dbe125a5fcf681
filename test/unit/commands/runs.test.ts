import { expect, test } from 'vitest';
// Loaded here, so that it does not count as time of the first test.
import '../../../src/commands/init-action.ts';
import '../../../src/commands/runs-action.ts';
import { fakeWorld, machine } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

test('runs lists who did what and how it ended, the newest last, in 80 columns', async () => {
  const world = fakeWorld();
  machine(world, 'm1').isPullable = () => false;
  await runCli('init --yes', world);
  machine(world, 'm1').isPullable = () => true;
  world.clock.advance(3_600_000);
  await runCli('init --yes', world);
  world.clock.advance(7_200_000);
  const { exitCode, stdout, log } = await runCli('runs', world);
  expect(exitCode).toBe(0);
  expect(log).toEqual([]);
  const [title = '', ...lines] = stdout.split('\n');
  expect(title).toMatch(/^run\s+when\s+who\s+command\s+result$/);
  expect(lines[0]).toMatch(/^20260302T220000Z-\w{4}\s+3 h ago\s+ops@desk\s+init\s+failed: m1:/);
  expect(lines.at(-1)).toMatch(/^20260302T230000Z-\w{4}\s+2 h ago\s+ops@desk\s+init\s+done in/);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('one run is shown with all its steps, by the beginning of its id', async () => {
  const world = fakeWorld();
  machine(world, 'm1').isPullable = () => false;
  await runCli('init --yes', world);
  const { stdout } = await runCli('runs 20260302', world);
  expect(stdout).toContain('command  init --yes');
  expect(stdout).toContain('record   /home/ops/.local/state/ci-cluster/ci-');
  expect(stdout).toMatch(/✔\s+a1\s+claim the host for cluster ci/);
  expect(stdout).toMatch(/✘\s+m1\s+pull /);
});

test('--limit keeps the newest; --json has every field', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  world.clock.advance(3_600_000);
  world.apps.clear();
  await runCli('init --yes', world);
  const { stdout } = await runCli('runs --limit 1 --json', world);
  const { runs } = JSON.parse(stdout) as { runs: Record<string, unknown>[] };
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ state: 'done', command: ['init'], owed: [], code: null });
  expect(runs[0]?.began).toMatch(/^2026-03-02T23:/);
});

test('without a run there is none to show, and the hosts could be asked', async () => {
  const { exitCode, stdout } = await runCli('runs', fakeWorld());
  expect(exitCode).toBe(0);
  expect(stdout).toContain('ci-cluster runs --hosts');
});

test('--hosts shows runs from other machines, with what each host knows of them', async () => {
  const world = fakeWorld();
  const at = '2026-03-02T21:00:00Z';
  const run = '20260302T210000Z-beef';
  const line = (event: string, more: object) =>
    JSON.stringify({ schemaVersion: 1, at, run, event, ...more });
  const holder = { owner: 'ann@desk', command: 'restart zookeeper' };
  machine(world, 'm1').journal.push(
    line('begin', { holder }),
    line('intent', { step: 'restart ci-zookeeper' }),
    line('changed', { step: 'restart ci-zookeeper' }),
    line('end', { result: 'done' }),
  );
  machine(world, 'm2').journal.push(
    line('begin', { holder }),
    '{"torn":',
    line('intent', { step: 'x' }),
  );
  const { stdout } = await runCli('runs --hosts', world);
  expect(stdout).toMatch(/20260302T210000Z-beef\s+60 min ago\s+ann@desk\s+restart zookeeper/);
  expect(stdout).toContain('m1 done, m2 open');
  const json = await runCli('runs --hosts --json', world);
  expect(JSON.parse(json.stdout)).toMatchObject({
    runs: [
      { id: run, hosts: [{ host: 'm1', changed: ['restart ci-zookeeper'] }, { underway: ['x'] }] },
    ],
  });
});
