import type { DrillBuild } from '../drill/recording.ts';
import type { JudgedDrill, JudgedRun } from '../drill/record/judged.ts';
import { timelineLines } from './drill-timeline-text.ts';
import {
  clockText,
  drillName,
  duration,
  inVerdictColour,
  nextCommands,
  undoLines,
  utc,
  verdictSigns,
  victimText,
} from './drill-words.ts';
import type { Palette } from './palette.ts';
import { printable } from './screen.ts';
import { hangingTable, table, wrap } from './table.ts';

export interface DrillSheet {
  readonly paint: Palette;
  readonly columns: number;
}

/** What a run of one or several drills came to, and what to type next. */
export function drillRunText(run: JudgedRun, sheet: DrillSheet): string {
  const isSeveral = run.drills.length + run.skipped.length > 1;
  const blocks = [
    ...run.drills.map((drill) => drillText(drill, sheet)),
    ...(isSeveral || run.drills.length === 0 ? [summaryText(run, sheet)] : []),
    nextText(run, sheet),
  ];
  return blocks.join('\n\n');
}

/** One drill: the verdict first. */
export function drillText(drill: JudgedDrill, { paint, columns }: DrillSheet): string {
  const inner = columns - 2;
  const blocks = [
    factLines(drill, inner),
    timelineLines(drill, inner),
    gateLines(drill, inner),
    invariantLines(drill, inner),
    buildLines(drill, inner),
    observerLines(drill, inner),
    undoneLines(drill, inner),
  ].filter((block) => block.length > 0);
  const body = blocks.flatMap((block) => ['', ...block.map((line) => withSign(line, paint))]);
  return [...titleLines(drill, { paint, columns }), ...body.map(indented)].join('\n');
}

function titleLines(
  { recording: { plan }, judgement, diedIn }: JudgedDrill,
  { paint, columns }: DrillSheet,
): string[] {
  const { verdict, reason } = judgement;
  const [first = '', ...more] = wrap(
    `${verdictSigns[verdict]} ${verdict}  ${drillName(plan)}: ${printable(plan.title)}`,
    columns,
  ).split('\n');
  const died = diedIn === undefined ? [] : [`Its program ended in phase ${diedIn}.`];
  const told = [reason, ...died].flatMap((text) => wrap(printable(text), columns - 2).split('\n'));
  const sign = `${verdictSigns[verdict]} ${verdict}`;
  return [
    paint.bold(inVerdictColour(verdict, sign, paint) + first.slice(sign.length)),
    ...[...more, ...told].map(indented),
  ];
}

function factLines({ recording, began }: JudgedDrill, columns: number): string[] {
  const { plan, confirmations } = recording;
  const rows = [
    ['began', utc(began)],
    ...plan.victims.map((victim) => ['victim', victimText(victim)]),
    ...plan.does.map((text) => ['done', printable(text)]),
    ...confirmations.map(({ confirmed, evidence }) => [
      confirmed ? 'in effect' : 'not in effect',
      printable(evidence),
    ]),
  ];
  return hangingTable(rows, columns);
}

/** Gates are of interest where one of them is not passed. */
function gateLines({ recording: { plan } }: JudgedDrill, columns: number): string[] {
  const open = plan.gates.filter(({ holds }) => holds !== true);
  if (open.length === 0) return [];
  const rows = open.map(({ name, holds, detail }) => [signOf(holds), name, printable(detail)]);
  return [
    `Gates: ${plan.gates.length - open.length} of ${plan.gates.length} hold`,
    ...hangingTable(rows, columns),
  ];
}

function invariantLines({ judgement: { invariants } }: JudgedDrill, columns: number): string[] {
  if (invariants.length === 0) return [];
  const broken = invariants.filter(({ holds }) => holds !== true);
  const rows = broken.map(({ name, holds, detail }) => [signOf(holds), name, printable(detail)]);
  const count = invariants.length - broken.length;
  const told = broken.length === 0 ? `all ${count} hold` : `${count} of ${invariants.length} hold`;
  return [`Invariants: ${told}`, ...hangingTable(rows, columns)];
}

function signOf(holds: boolean | undefined): string {
  if (holds === undefined) return '?';
  return holds ? '✔' : '✘';
}

function buildLines({ recording }: JudgedDrill, columns: number): string[] {
  const from = recording.injectedAt ?? 0;
  const rows = recording.builds.map((build) => [
    build.when === 'in-flight' ? 'in flight' : 'new',
    `${build.controller} ${build.number ?? '?'}`,
    build.result ?? 'not ended',
    timesOf(build, from),
  ]);
  return rows.length === 0 ? [] : ['Builds', ...hangingTable(rows, columns)];
}

function timesOf({ startedAt, endedAt, fault }: DrillBuild, from: number): string {
  const end = endedAt === undefined ? 'no end seen' : duration(endedAt - from);
  const why = fault === undefined ? '' : `; ${printable(fault)}`;
  return `from ${duration(startedAt - from)} to ${end}${why}`;
}

/** What the observers could see at all: figures are no better than that. */
function observerLines({ recording, judgement }: JudgedDrill, columns: number): string[] {
  const { coverage } = judgement;
  const slowest = Math.min(...coverage.map(({ perSecond }) => perSecond));
  const gap = Math.max(...coverage.map(({ longestGapMs }) => longestGapMs));
  const clocks = clockText(recording.clocks);
  const seen = `Each probe looked ${slowest.toFixed(1)} times a second or more; longest gap ${duration(gap)}`;
  const lines = [
    ...(coverage.length === 0 ? [] : [seen]),
    ...(clocks === undefined ? [] : [clocks]),
  ];
  return lines.flatMap((line) => wrap(line, columns).split('\n'));
}

function undoneLines(drill: JudgedDrill, columns: number): string[] {
  const [first = '', ...more] = undoLines(drill);
  return hangingTable(
    [['Undo', printable(first)], ...more.map((line) => ['', printable(line)])],
    columns,
  );
}

/** A line for each drill of a run. */
function summaryText(run: JudgedRun, { paint, columns }: DrillSheet): string {
  const rows = [
    ...run.drills.map(({ recording: { plan }, judgement: { verdict, reason } }) => ({
      ...{ verdict, name: drillName(plan), reason },
    })),
    ...run.skipped.map((skipped) => ({
      ...{ verdict: 'SKIPPED' as const, name: drillName(skipped), reason: skipped.reason },
    })),
  ];
  if (rows.length === 0) return 'No drill was begun.';
  const cells = rows.map(({ verdict, name, reason }) => [
    ...[verdictSigns[verdict], verdict, name, printable(reason)],
  ]);
  const lines = hangingTable(cells, columns).map((line) => withSign(line, paint));
  return [paint.bold(countText(rows.map(({ verdict }) => verdict))), ...lines].join('\n');
}

function countText(verdicts: readonly string[]): string {
  const counts = [...new Set(verdicts)].map(
    (verdict) => `${verdicts.filter((one) => one === verdict).length} ${verdict}`,
  );
  const total = verdicts.length === 1 ? '1 drill' : `${verdicts.length} drills`;
  return `${total}: ${counts.join(', ')}`;
}

function nextText(run: JudgedRun, { paint }: DrillSheet): string {
  const rows = nextCommands(run).map(([command, why]) => [
    paint.cyan('→'),
    command,
    paint.dim(why),
  ]);
  return table(rows).join('\n');
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

/** Tables are set without colours; the sign in front gets its colour afterwards. */
function withSign(line: string, paint: Palette): string {
  const sign = line.slice(0, 1);
  const rest = line.slice(1);
  if (!rest.startsWith(' ')) return line;
  switch (sign) {
    case '✔':
      return paint.green(sign) + rest;
    case '✘':
      return paint.red(sign) + rest;
    case '!':
      return paint.yellow(sign) + rest;
    case '?':
      return paint.magenta(sign) + rest;
    default:
      return line;
  }
}
