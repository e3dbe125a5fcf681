import { expect, test } from 'vitest';
// Loaded here, so that it does not count as time of the first test.
import '../../../src/commands/init-action.ts';
import '../../../src/commands/resume-action.ts';
import type { ApiStep } from '../../../src/plan/step.ts';
import { carryOut, newRecord } from '../../../src/run/engine.ts';
import { specOf } from '../../support/cluster-file.ts';
import { portsOf } from '../../support/fake-ports.ts';
import { fakeWorld, type FakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

interface Line {
  readonly event: string;
  readonly id?: string;
}

const vacate: ApiStep = { kind: 'vacate-agent', host: 'a2', timeoutMs: 1000, killBuilds: false };

async function runningWorld(): Promise<FakeWorld> {
  const world = fakeWorld();
  expect((await runCli('init --yes', world)).exitCode).toBe(0);
  world.clock.advance(60_000);
  return world;
}

/** A run of one call to a service. */
async function runStep(world: FakeWorld, step: ApiStep): Promise<void> {
  const given = portsOf(world, new AbortController().signal);
  const ports = { ...given, caller: { ...given.caller, args: ['init', '--yes'] } };
  const spec = await specOf(world.files.get('cluster.yml'));
  const order = {
    command: ['init'],
    plan: () => ({ stages: [{ kind: 'api', phase: 'agents', step } as const] }),
    confirm: () => Promise.resolve(),
    skipUnreachable: false,
    settles: false,
  };
  await carryOut({ spec, ports, report: () => undefined }, order, newRecord());
}

function lastRecord(world: FakeWorld): [path: string, lines: string[]] {
  return [...world.records].at(-1)!;
}

/** What the runs after this one meant to do. */
function toldSince({ records }: FakeWorld, path: string): string {
  const later = [...records].filter(([other]) => other > path).flatMap(([, lines]) => lines);
  return later.filter((line) => line.includes('"intent"')).join('\n');
}

function events([, lines]: [string, string[]]): string[] {
  return lines
    .map((line) => JSON.parse(line) as Line)
    .map(({ event, id }) => [event, ...(id === undefined ? [] : [id])].join(' '));
}

test('what a step takes away is owed before it begins, and settled when it was given back', async () => {
  const world = await runningWorld();
  await runStep(world, vacate);
  expect(events(lastRecord(world))).toEqual([
    'begin',
    'owes return-agent a2',
    'intent',
    'result',
    // The mark on the host goes, too.
    'intent',
    'result',
    'settled return-agent a2',
    'end',
  ]);
});

test('what a dead run took away is given back by resume, before anything else', async () => {
  const world = await runningWorld();
  await runStep(world, vacate);
  const [path, lines] = lastRecord(world);
  world.records.set(path, lines.slice(0, 3));
  world.clock.advance(60_000);
  const { exitCode } = await runCli('resume --yes', world);
  expect(exitCode).toBe(0);
  expect(toldSince(world, path)).toContain('give the Mesos agent on a2 work again');
  expect(events([path, world.records.get(path)!]).slice(3)).toEqual([
    'settled return-agent a2',
    'resumed',
  ]);
  expect((await runCli('resume --yes', world)).stdout).toContain('Nothing to resume');
});

test('a resume that died itself is not what is resumed, but the run that it went on with', async () => {
  const world = await runningWorld();
  await runStep(world, vacate);
  const [path, lines] = lastRecord(world);
  world.records.set(path, lines.slice(0, 3));
  const begin = lines[0]!.replace('"command":["init"]', '"command":["resume"]');
  world.records.set(path.replace(/\d{6}Z-/, '235900Z-'), [
    begin.replace('["init","--yes"]', '["resume","--yes"]'),
  ]);
  const { exitCode, stderr } = await runCli('resume --yes', world);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(', init (died');
});

test('what cannot be given back because its host has gone from the file is told', async () => {
  const world = await runningWorld();
  await runStep(world, vacate);
  const [path, lines] = lastRecord(world);
  world.records.set(
    path,
    lines.slice(0, 3).map((line) => line.replaceAll('a2', 'a9')),
  );
  const { stderr } = await runCli('resume --yes', world);
  expect(stderr).toContain('"return-agent a9", and the cluster file has no such host now');
});

test('builds that a dead run paused start again, a trial app that it left is removed', async () => {
  const world = await runningWorld();
  await runStep(world, vacate);
  const [path, lines] = lastRecord(world);
  const owes = (id: string) => lines[1]!.replace('return-agent a2', id);
  world.records.set(path, [lines[0]!, owes('resume-builds'), owes('/ci/trial-a2')]);
  const { exitCode } = await runCli('resume --yes', world);
  expect(exitCode).toBe(0);
  expect(toldSince(world, path)).toContain('remove app /ci/trial-a2');
  expect(toldSince(world, path)).toContain('let main start builds again');
});
