import type { HostRun } from '../run/journal/host-records.ts';
import type { PastRun, PastStep } from '../run/journal/history.ts';
import type { Palette } from './palette.ts';
import { printable } from './screen.ts';
import { hangingTable, table, wrap } from './table.ts';

interface Around {
  readonly paint: Palette;
  readonly columns: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A line per run, the newest last: that is where the eye is. */
export function runsText(runs: readonly PastRun[], { paint, columns, now }: Around): string {
  const rows = runs.map((run) => [
    run.id,
    ago(run.began, now),
    printable(run.begin.owner),
    run.begin.command.join(' '),
    resultOf(run),
  ]);
  const [title = '', ...lines] = hangingTable(
    [['run', 'when', 'who', 'command', 'result'], ...rows],
    columns,
  );
  return [paint.dim(title), ...lines].join('\n');
}

export function hostRunsText(runs: readonly HostRun[], { paint, columns, now }: Around): string {
  const rows = runs.map(({ id, began, owner, command, hosts }) => [
    id,
    began === undefined ? '?' : ago(began, now),
    printable(owner ?? '?'),
    printable(command ?? '?'),
    hosts.map(({ host, end }) => `${host} ${end}`).join(', '),
  ]);
  const [title = '', ...lines] = hangingTable(
    [['run', 'when', 'who', 'command', 'hosts'], ...rows],
    columns,
  );
  return [paint.dim(title), ...lines].join('\n');
}

const signs: Readonly<Record<PastStep['result'], string>> = {
  changed: '✔',
  unchanged: '=',
  failed: '✘',
  stopped: '–',
  unknown: '?',
};

/** Everything that its record tells. */
export function runText(run: PastRun, { paint, columns, now }: Around, path: string): string {
  const { begin, results, owed } = run;
  const facts = table([
    ['command', printable(begin.args.join(' '))],
    ['by', printable(`${begin.owner}, ci-cluster ${begin.version}`)],
    ['began', `${run.began} (${ago(run.began, now)})`],
    ['result', resultOf(run)],
    ['record', path],
  ]);
  const steps = hangingTable(
    results.map(({ host, step, result }) => [signs[result], host, printable(step)]),
    columns,
  );
  const debts = owed.map((id) => `not given back yet: ${id}`);
  return [
    paint.bold(run.id),
    ...facts.map((line) => `  ${line}`),
    '',
    ...steps,
    paint.dim(
      wrap('✔ changed, = was so already, ✘ failed, – stopped before it, ? no answer', columns),
    ),
    ...debts.map((line) => paint.yellow(line)),
  ].join('\n');
}

/** What became of it, in words. */
export function resultOf(run: PastRun): string {
  const later =
    run.resumedBy === undefined || run.resumedBy === '' ? '' : `, resumed by ${run.resumedBy}`;
  return printable(`${stateOf(run)}${later}`);
}

function stateOf({ state, end, ended, began, results }: PastRun): string {
  switch (state) {
    case 'done':
      return `done in ${span(Date.parse(ended ?? began) - Date.parse(began))}`;
    case 'running':
      return 'still running';
    case 'died':
      return `died after ${finished(results)} steps`;
    case 'interrupted':
      return 'interrupted';
    case 'failed':
      return `failed: ${faultOf(end)}`;
  }
}

function faultOf(end: PastRun['end']): string {
  return end === undefined ? '' : `${end.message ?? ''} (${end.code ?? ''})`;
}

function finished(results: readonly PastStep[]): number {
  return results.filter(({ result }) => result === 'changed' || result === 'unchanged').length;
}

function ago(at: string, now: number): string {
  return `${span(now - Date.parse(at))} ago`;
}

function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
