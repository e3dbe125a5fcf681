import type { Journal, Ports, RecordName } from '../../ports.ts';
import { momentNames, type MomentName } from '../bound.ts';
import type { Judgement, Verdict } from '../judgement.ts';
import type { Ms } from '../sample.ts';
import { drillFolder } from './drill-record.ts';
import { judged, type Judge, type JudgedDrill, type JudgedRun, type Judging } from './judged.ts';
import { readRecord, type DrillRun } from './read-record.ts';

/** One drill of the past, without its samples. */
export interface PastDrill {
  readonly run: string;
  /** ISO 8601. */
  readonly began: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Time after the fault of each moment that was seen. */
  readonly moments: Partial<Readonly<Record<MomentName, Ms>>>;
}

/** All drills of one name. */
export interface DrillHistory {
  readonly name: string;
  /** The newest first. */
  readonly drills: readonly PastDrill[];
  readonly trend: readonly Trend[];
}

/** One moment of the newest drill beside the drills before it. */
export interface Trend {
  readonly moment: MomentName;
  readonly latestMs: Ms;
  /** Undefined where nothing was measured before. */
  readonly medianMs: Ms | undefined;
}

/** Per name, those whose last drill is the newest first. `judge` is for drills whose program was ended. */
export async function listDrills(
  { journal, caller }: Pick<Ports, 'journal' | 'caller'>,
  folder: string,
  judge?: Judge,
): Promise<readonly DrillHistory[]> {
  const runs = await readRuns(journal, folder, { judge, isRunning: caller.isRunning });
  const past = runs.flatMap(pastDrills).sort(newestFirst);
  const names = [...new Set(past.map(({ name }) => name))];
  return names.map((name) => historyOf(name, past));
}

/** Drills of this name before the one that began at `began`: what a report shows beside it. */
export function earlierDrills(
  histories: readonly DrillHistory[],
  { name, began }: Pick<PastDrill, 'name' | 'began'>,
): readonly PastDrill[] {
  const own = histories.find((history) => history.name === name)?.drills ?? [];
  return own.filter((drill) => Date.parse(drill.began) < Date.parse(began));
}

/** Undefined where there is no such record, or one that tells nothing. */
export async function findRun(
  { journal }: Pick<Ports, 'journal'>,
  folder: string,
  id: string,
): Promise<DrillRun | undefined> {
  const record = (await recordsIn(journal, folder)).find(({ name }) => name === id);
  return record === undefined ? undefined : readRecord(await journal.read(record));
}

/** Ids of all runs of drills, the oldest first. */
export async function drillRuns(
  { journal }: Pick<Ports, 'journal'>,
  folder: string,
): Promise<readonly string[]> {
  return (await recordsIn(journal, folder)).map(({ name }) => name).sort();
}

async function recordsIn(journal: Journal, folder: string): Promise<readonly RecordName[]> {
  return (await journal.list()).filter((record) => record.folder === drillFolder(folder));
}

async function readRuns(
  journal: Journal,
  folder: string,
  judging: Judging,
): Promise<readonly JudgedRun[]> {
  const runs: JudgedRun[] = [];
  // One after the other: a record has megabytes of samples.
  for (const record of await recordsIn(journal, folder)) {
    const run = readBriefly(await journal.read(record));
    if (run !== undefined) runs.push(withoutUnfinished(judged(run, judging), judging));
  }
  return runs;
}

/** What still runs is no past yet. */
function withoutUnfinished(run: JudgedRun, { isRunning }: Judging): JudgedRun {
  if (run.end !== undefined || isRunning?.(run.process) !== true) return run;
  return { ...run, drills: run.drills.filter(({ isJudged }) => isJudged) };
}

/** Samples are nearly all of a record and needed only where nobody has judged yet. */
function readBriefly(lines: readonly string[]): DrillRun | undefined {
  const brief = readRecord(lines.filter((line) => !line.includes('"event":"samples"')));
  const isJudged = brief?.drills.every(({ judgement }) => judgement !== undefined);
  return isJudged === false ? readRecord(lines) : brief;
}

function pastDrills(run: JudgedRun): readonly PastDrill[] {
  return run.drills.map((drill) => pastDrill(run.id, drill));
}

export function pastDrill(run: string, { began, recording, judgement }: JudgedDrill): PastDrill {
  const { verdict, reason } = judgement;
  const { name } = recording.plan;
  const moments = momentsAfter(judgement, recording.injectedAt);
  return { run, began, name, verdict, reason, moments };
}

/** Milliseconds after the fault. */
function momentsAfter({ timeline }: Judgement, injectedAt: Ms | undefined): PastDrill['moments'] {
  if (injectedAt === undefined) return {};
  return Object.fromEntries(
    timeline.flatMap(({ name, at }) => (at === undefined ? [] : [[name, at - injectedAt]])),
  );
}

function newestFirst(left: PastDrill, right: PastDrill): number {
  return Date.parse(right.began) - Date.parse(left.began);
}

function historyOf(name: string, past: readonly PastDrill[]): DrillHistory {
  const drills = past.filter((drill) => drill.name === name);
  return { name, drills, trend: trendOf(drills) };
}

function trendOf([latest, ...before]: readonly PastDrill[]): readonly Trend[] {
  if (latest === undefined) return [];
  return momentNames.flatMap((moment): Trend[] => {
    const latestMs = latest.moments[moment];
    if (latestMs === undefined) return [];
    const earlier = before.flatMap(({ moments: { [moment]: ms } }) =>
      ms === undefined ? [] : [ms],
    );
    return [{ moment, latestMs, medianMs: median(earlier) }];
  });
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  if (middle.length === 0) return undefined;
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
