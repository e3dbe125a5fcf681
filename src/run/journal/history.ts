import type { Caller, Journal, RecordName } from '../../ports.ts';
import { parseJournalLine, type Begin, type End, type JournalLine } from './journal-line.ts';

export type RunState = 'done' | 'failed' | 'interrupted' | 'running' | 'died';

/** What a record tells of a run. */
export interface PastRun {
  readonly record: RecordName;
  readonly id: string;
  /** ISO 8601. */
  readonly began: string;
  readonly ended: string | undefined;
  readonly begin: Begin;
  readonly end: End | undefined;
  readonly state: RunState;
  readonly results: readonly PastStep[];
  /** What it has taken away and not given back, by name: `return-agent a1`. */
  readonly owed: readonly string[];
  /** Id of the run that did the rest. */
  readonly resumedBy: string | undefined;
  readonly lines: readonly JournalLine[];
}

export interface PastStep {
  readonly host: string;
  readonly step: string;
  /** `unknown`: it was begun, and nobody heard how it ended. `waiting`: it was never begun. */
  readonly result: 'changed' | 'unchanged' | 'failed' | 'stopped' | 'unknown';
}

/** All runs of clusters with this name, the oldest first. Records that tell nothing are left out. */
export async function readHistory(
  { journal, caller }: { readonly journal: Journal; readonly caller: Caller },
  cluster: string,
): Promise<readonly PastRun[]> {
  const records = (await journal.list()).filter(({ folder }) => isOf(folder, cluster));
  const runs = await Promise.all(
    records.map(async (record) => pastRun(record, await journal.read(record), caller)),
  );
  return runs.filter((run) => run !== undefined).sort(byBeginning);
}

/** To the millisecond; ids of runs that began in one second differ by chance. */
function byBeginning(left: PastRun, right: PastRun): number {
  return Date.parse(left.began) - Date.parse(right.began);
}

/** A name may begin with another's: the random part has no hyphen. */
function isOf(folder: string, cluster: string): boolean {
  return folder.startsWith(`${cluster}-`) && /^[0-9a-z]+$/.test(folder.slice(cluster.length + 1));
}

function pastRun(
  record: RecordName,
  texts: readonly string[],
  { isRunning }: Pick<Caller, 'isRunning'>,
): PastRun | undefined {
  const lines = texts.map(parseJournalLine).filter((line) => line !== undefined);
  const begin = lines.find((line) => line.event === 'begin');
  if (begin === undefined) return undefined;
  const end = lines.findLast((line) => line.event === 'end');
  const resumed = lines.findLast((line) => line.event === 'resumed');
  return {
    record,
    id: record.name,
    began: begin.at,
    ended: end?.at,
    begin,
    end,
    state: stateOf(begin, end, isRunning),
    results: stepsOf(lines),
    owed: owedIn(lines),
    resumedBy: resumed?.by,
    lines,
  };
}

function stateOf(begin: Begin, end: End | undefined, isRunning: Caller['isRunning']): RunState {
  if (end === undefined) return isRunning(begin.process) === true ? 'running' : 'died';
  if (end.code === null) return 'done';
  return end.code === 'INTERRUPTED' ? 'interrupted' : 'failed';
}

/** Of each step that was intended the last that is known. */
function stepsOf(lines: readonly JournalLine[]): readonly PastStep[] {
  const steps = new Map<string, PastStep>();
  const set = (step: PastStep) => steps.set(JSON.stringify([step.host, step.step]), step);
  for (const line of lines) {
    if (line.event === 'intent') intendedBy(line.steps).forEach(set);
    if (line.event === 'result') set(line);
  }
  return [...steps.values()].map(({ host, step, result }) => ({ host, step, result }));
}

function intendedBy(steps: Readonly<Record<string, readonly string[]>>): readonly PastStep[] {
  return Object.entries(steps).flatMap(([host, told]) =>
    told.map((step) => ({ host, step, result: 'unknown' as const })),
  );
}

function owedIn(lines: readonly JournalLine[]): readonly string[] {
  const owed = new Set<string>();
  for (const line of lines) {
    if (line.event === 'owes') owed.add(line.id);
    if (line.event === 'settled') owed.delete(line.id);
  }
  return [...owed];
}

/** What could be gone on with: neither finished nor overtaken by the same command later. */
export function unfinished(runs: readonly PastRun[]): readonly PastRun[] {
  return runs.filter((run, index) => {
    // The run that it goes on with is the one to go on with.
    if (run.begin.command[0] === 'resume') return false;
    if (run.state === 'done' || run.state === 'running' || run.resumedBy !== undefined)
      return false;
    const later = runs.slice(index + 1);
    return run.owed.length > 0 || !later.some((next) => isSame(run, next) && next.state === 'done');
  });
}

function isSame({ begin: left }: PastRun, { begin: right }: PastRun): boolean {
  return left.command.join('\0') === right.command.join('\0');
}

/** Hosts on which something failed, stopped or was never heard of again. */
export function failedHosts({ results, begin, end }: PastRun): ReadonlySet<string> {
  const bad = results.filter(({ result }) => result !== 'changed' && result !== 'unchanged');
  const named = [...bad.map(({ host }) => host), ...(end?.failed ?? []), ...begin.missing];
  return new Set(named.filter(Boolean));
}
