import type { MomentName } from '../drill/bound.ts';
import type { DrillHistory, PastDrill, Trend } from '../drill/record/drill-history.ts';
import type { DrillSheet } from './drill-text.ts';
import { duration, inVerdictColour, momentTitles, verdictSigns } from './drill-words.ts';
import type { Palette } from './palette.ts';
import { printable } from './screen.ts';
import { table, wrap } from './table.ts';

/** Moments that have a column of their own; the others would not fit into 80. */
const shown = ['zookeeper-leader', 'mesos-leader', 'marathon-leader', 'new-build'] as const;

/** All drills on record, name by name, the newest first; then how the newest compares. */
export function historyText(histories: readonly DrillHistory[], sheet: DrillSheet): string {
  if (histories.length === 0) return 'No drill is on record on this machine.';
  return histories.map((history) => blockOf(history, sheet)).join('\n\n');
}

function blockOf({ name, drills, trend }: DrillHistory, sheet: DrillSheet): string {
  const { paint, columns } = sheet;
  const head = ['', 'verdict', ...shown.map(shortTitle), 'run'];
  const rows = drills.map((drill) => rowOf(drill, paint));
  const [titles = '', ...lines] = table([head, ...rows]);
  const told = [
    ...wrapped(trendText(trend), columns - 2),
    ...drills
      .filter(({ verdict }) => verdict !== 'PASS')
      .slice(0, shownReasons)
      .flatMap((drill) => wrapped(`${drill.run}: ${printable(drill.reason)}`, columns - 2)),
  ];
  return [
    paint.bold(name),
    ...[paint.dim(titles), ...lines, ...told].map((line) => `  ${line}`),
  ].join('\n');
}

/** Reasons of more than the last few would hide the table. */
const shownReasons = 3;

function rowOf(drill: PastDrill, paint: Palette): string[] {
  const { verdict, run } = drill;
  const sign = inVerdictColour(verdict, verdictSigns[verdict], paint);
  return [sign, verdict, ...shown.map((moment) => figure(drill, moment)), run];
}

function wrapped(text: string, columns: number): string[] {
  return text === '' ? [] : wrap(text, columns).split('\n');
}

/** `20260302T220000Z-4f2a` tells when it was. */
function shortTitle(moment: (typeof shown)[number]): string {
  return momentTitles[moment].replace(/^new | leader$| ended$/g, '').padStart(7);
}

function figure({ moments }: PastDrill, moment: (typeof shown)[number]): string {
  const ms = moments[moment];
  return (ms === undefined ? '–' : duration(ms)).padStart(shortTitle(moment).length);
}

function trendText(trend: readonly Trend[]): string {
  const parts = trend.flatMap(trendPart);
  return parts.length === 0 ? '' : `Newest against the median before: ${parts.join(', ')}`;
}

/** Differences below a tenth are no news: sampling is no more exact. */
function trendPart({ moment, latestMs, medianMs }: Trend): string[] {
  if (medianMs === undefined || !isOutcome(moment)) return [];
  const by = latestMs - medianMs;
  const text = Math.abs(by) < 100 ? 'same' : `${by > 0 ? '+' : '−'}${duration(Math.abs(by))}`;
  return [`${momentTitles[moment]} ${text}`];
}

const ownMoments: readonly MomentName[] = ['injected', 'confirmed', 'healed'];

/** What the cluster did, not the tool. */
function isOutcome(moment: MomentName): boolean {
  return !ownMoments.includes(moment);
}
