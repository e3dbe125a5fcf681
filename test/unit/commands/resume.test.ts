import { expect, test } from 'vitest';
// Loaded here, so that it does not count as time of the first test.
import '../../../src/commands/init-action.ts';
import '../../../src/commands/resume-action.ts';
import { clusterFile } from '../../support/cluster-file.ts';
import { fakeWorld, machine, writeClusterFile, type FakeWorld } from '../../support/fake-world.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';

function records(world: FakeWorld): Record<string, unknown>[][] {
  return [...world.records.values()].map((lines) =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}

async function interrupted(world: FakeWorld, at: string, line = 'init --yes'): Promise<CliRun> {
  const interruption = new AbortController();
  world.onLog = (seen) => {
    if (seen === at) interruption.abort(130);
  };
  const run = await runCli(line, world, { interruption });
  world.onLog = () => undefined;
  return run;
}

/** As a process that was killed leaves it: nothing more is written. */
function killed(world: FakeWorld, after: (line: Record<string, unknown>) => boolean): void {
  for (const [path, lines] of world.records) {
    const index = lines.findIndex((line) => after(JSON.parse(line) as Record<string, unknown>));
    world.records.set(path, lines.slice(0, index + 1));
  }
}

test('Ctrl-C stops every host at its next step, and tells what is done, left and to type: exit 130', async () => {
  const world = fakeWorld();
  const { exitCode, stderr } = await interrupted(world, 'm2: start ci-zookeeper');
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/stopped after \d+ changes, with \d+ steps left \[INTERRUPTED\]/);
  expect(stderr).toContain('done on m1: claim the host for cluster ci');
  expect(stderr).toMatch(/left on \S+: start ci-/);
  expect(stderr).toContain('To go on from here: ci-cluster resume.');
  expect([...world.machines.values()].every(({ lock }) => lock === undefined)).toBe(true);
});

test('TERM has its own exit code, in the document, too', async () => {
  const world = fakeWorld();
  const interruption = new AbortController();
  world.onLog = (line) => {
    if (line === 'm1: stage') interruption.abort(143);
  };
  const { exitCode, stdout } = await runCli('init --yes --json', world, { interruption });
  expect(exitCode).toBe(143);
  expect(JSON.parse(stdout)).toMatchObject({
    exitCode: 143,
    error: { code: 'INTERRUPTED' },
    run: { left: expect.arrayContaining([expect.objectContaining({ result: 'waiting' })]) as [] },
  });
});

test('resume goes on with the run that was interrupted, and then there is nothing more to resume', async () => {
  const world = fakeWorld();
  await interrupted(world, 'm2: start ci-zookeeper');
  const { exitCode, stderr, log } = await runCli('resume --yes', world);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('ci: going on with run ');
  expect(stderr).toContain(', init (interrupted)');
  expect(log.filter((line) => line === 'm2: start ci-zookeeper')).toEqual([]);
  expect(log.filter((line) => line === 'm3: start ci-marathon')).toHaveLength(1);
  const again = await runCli('resume --yes', world);
  expect(again).toMatchObject({
    exitCode: 0,
    stdout: 'Nothing to resume: there is no run to go on with.',
  });
});

test('resume goes on with a run whose process was killed', async () => {
  const world = fakeWorld();
  await interrupted(world, 'm2: start ci-zookeeper');
  killed(world, ({ event, result }) => event === 'result' && result === 'changed');
  const list = await runCli('runs', world);
  expect(list.stdout).toContain('died after 1 steps');
  expect((await runCli('resume --yes', world)).exitCode).toBe(0);
  expect((await runCli('runs', world)).stdout).toMatch(/died after 1 steps,\s+resumed\s+by/);
});

test('resume goes on after a failed step, with the cluster file as it was corrected', async () => {
  const world = fakeWorld();
  machine(world, 'a2').isPullable = () => false;
  const failed = await runCli('init --yes', world);
  expect(failed.exitCode).toBe(5);
  expect(failed.stderr).toMatch(/run \S+: \d+ changes made, \d+ steps left; ci-cluster resume/);
  machine(world, 'a2').isPullable = () => true;
  expect((await runCli('resume --yes', world)).exitCode).toBe(0);
});

test('resume of a restart leaves alone what was restarted, also the second time', async () => {
  const world = fakeWorld();
  await runCli('init --yes --no-build', world);
  const restarts = ({ log }: CliRun) => log.filter((line) => line.includes(': restart ci-'));
  const line = 'restart zookeeper marathon --yes';
  const first = restarts(await interrupted(world, 'm2: restart ci-zookeeper', line));
  const resumed = await interrupted(world, 'm2: restart ci-marathon', 'resume --yes');
  const last = restarts(await runCli('resume --yes', world));
  const all = [...first, ...restarts(resumed), ...last];
  expect(all).toHaveLength(6);
  expect(new Set(all).size).toBe(6);
  expect(last.length).toBeGreaterThan(0);
  expect((await runCli('resume --yes', world)).stdout).toContain('Nothing to resume');
});

test('resume asks as the command itself does: exit 9 where nobody can be asked', async () => {
  const world = fakeWorld();
  await interrupted(world, 'm2: start ci-zookeeper');
  expect((await runCli('resume', world)).exitCode).toBe(9);
  expect((await runCli('resume --yes', world)).exitCode).toBe(0);
});

test('resume runs the command with its own options and the cluster file that resume names', async () => {
  const world = fakeWorld();
  world.files.set('other.yml', clusterFile());
  await interrupted(world, 'm2: start ci-zookeeper', 'init --yes --json --no-build');
  world.files.set('third.yml', clusterFile());
  const { exitCode, stdout } = await runCli('-c third.yml resume -y', world);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('changes made');
  expect(records(world).at(-1)?.[0]).toMatchObject({
    args: ['--yes', '--config', 'third.yml', 'init', '--no-build'],
    file: '/home/ops/third.yml',
  });
});

test('the answer is one JSON document, of the command that was run again', async () => {
  const world = fakeWorld();
  await interrupted(world, 'm2: start ci-zookeeper');
  const { stdout } = await runCli('resume --yes --json', world);
  expect(JSON.parse(stdout)).toMatchObject({ command: 'init', ok: true });
  const nothing = await runCli('resume --yes --json', world);
  expect(JSON.parse(nothing.stdout)).toMatchObject({ command: 'resume', ok: true, resumed: null });
});

test('a host that the run had begun with and that is not in the file any more is refused: exit 8', async () => {
  const world = fakeWorld();
  await interrupted(world, 'm2: start ci-zookeeper');
  writeClusterFile(world, clusterFile({ agents: 1 }));
  const { exitCode, stderr } = await runCli('resume --yes', world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('a2 at 10.0.0.102 is not in the cluster file any more');
  expect((await runCli('resume --yes --anyway', world)).exitCode).toBe(0);
});

test('a run that another one with the same command has finished is not resumed', async () => {
  const world = fakeWorld();
  await interrupted(world, 'm2: start ci-zookeeper');
  world.clock.advance(60_000);
  await runCli('init --yes', world);
  expect((await runCli('resume --yes', world)).stdout).toContain('Nothing to resume');
});

test('of runs that began in the same second the later one is the last', async () => {
  const world = fakeWorld();
  await interrupted(world, 'm2: start ci-zookeeper');
  const [[path = '', lines = []] = []] = world.records;
  const later = (text: string) => text.replace('22:00:00.000Z', '22:00:00.900Z');
  // An id that would come first by its letters.
  world.records.set(
    path.replace(/Z-\w{4}/, 'Z-0000'),
    lines.map((line) => later(line).replaceAll('init', 'apply')),
  );
  const { stdout } = await runCli('runs --limit 1 --json', world);
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ command: ['apply'] }] });
});

test('resume of a run that is not on record names what lists them: exit 2', async () => {
  const { exitCode, stderr } = await runCli('resume 2020', fakeWorld());
  expect(exitCode).toBe(2);
  expect(stderr).toContain('ci-cluster runs lists them');
});

test('a record with a torn last line is read up to it', async () => {
  const world = fakeWorld();
  await interrupted(world, 'm2: start ci-zookeeper');
  for (const lines of world.records.values()) lines.splice(-1, 1, '{"schemaVersion":1,"at":"2026');
  expect((await runCli('runs', world)).stdout).toContain('died after');
  expect((await runCli('resume --yes', world)).exitCode).toBe(0);
});

test('--only-failed works on the hosts that failed in the last run and on no other', async () => {
  const world = fakeWorld();
  machine(world, 'a2').isPullable = () => false;
  await runCli('init --yes', world);
  machine(world, 'a2').isPullable = () => true;
  const { log, stderr } = await runCli('init --yes --only-failed', world);
  expect(stderr).toContain('a2 failed in the last run');
  const touched = log.filter((line) => line.endsWith(': stage')).map((line) => line.split(':')[0]);
  expect(new Set(touched)).toEqual(new Set(['a2']));
});

test('--only-failed without a run on record is refused: exit 2', async () => {
  const { exitCode, stderr } = await runCli('init --yes --only-failed', fakeWorld());
  expect(exitCode).toBe(2);
  expect(stderr).toContain('no run of cluster ci is recorded on this machine');
});

test('what is intended is on record before it is done, and no content of a file ever', async () => {
  const world = fakeWorld();
  const seen: number[] = [];
  world.onLog = (line) => {
    if (line.endsWith(': stage')) seen.push(records(world)[0]?.length ?? 0);
  };
  await runCli('init --yes', world);
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(2);
  const [record = []] = records(world);
  expect(record[0]).toMatchObject({ event: 'begin', command: ['init'], owner: 'ops@desk' });
  expect(record.at(-1)).toMatchObject({ event: 'end', code: null });
  expect(record.every(({ schemaVersion }) => schemaVersion === 1)).toBe(true);
  expect(JSON.stringify(record)).not.toContain('tickTime');
});
