import type { Ms } from '../sample.ts';
import type { Turn } from './replay.ts';

export interface Found {
  readonly at: Ms;
  readonly errorMs: number;
}

export interface Absence {
  readonly from: Ms;
  /** Undefined: it was not over at the end. */
  readonly end: Found | undefined;
  readonly lengthMs: number;
}

export interface Span {
  readonly injectedAt: Ms;
  /** Until then the fault may have taken effect. */
  readonly effectAt: Ms;
}

/** Shorter than this is one probe that was late, not a service that was away. */
const blipMs = 1000;

/**
 * When it held again for good. That it still held in the first moments, because the fault had not
 * reached it yet, does not count; nor does a blip later on.
 */
export function recoveryIn(turns: readonly Turn[], span: Span): Found | undefined {
  const { injectedAt } = span;
  const after = turns.filter(({ at }) => at >= injectedAt);
  const [first] = after;
  if (first === undefined) return undefined;
  const before = turns.findLast(({ at }) => at < injectedAt)?.holds ?? false;
  const absences = absencesIn(after, before, injectedAt);
  const real = lastOfAbsences(absences, span);
  if (real !== undefined) return real.end;
  const held = after.find(({ holds }) => holds);
  return held && { at: held.at, errorMs: held.errorMs };
}

/** The one whose end is the recovery; undefined if it was never really away. */
export function lastOfAbsences(
  absences: readonly Absence[],
  { effectAt }: Span,
): Absence | undefined {
  const long = absences.findLast(({ lengthMs }) => lengthMs >= blipMs);
  return long ?? longest(absences.filter(({ from }) => from <= effectAt));
}

function longest(absences: readonly Absence[]): Absence | undefined {
  const open = absences.find(({ end }) => end === undefined);
  return open ?? absences.toSorted((one, other) => other.lengthMs - one.lengthMs)[0];
}

function absencesIn(turns: readonly Turn[], before: boolean, injectedAt: Ms): readonly Absence[] {
  const found: Absence[] = [];
  let from = before ? undefined : injectedAt;
  for (const { at, errorMs, holds } of turns) {
    if (!holds) from ??= at;
    if (!holds || from === undefined) continue;
    found.push({ from, end: { at, errorMs }, lengthMs: at - from });
    from = undefined;
  }
  if (from === undefined) return found;
  const last = turns.at(-1)?.at ?? from;
  return [...found, { from, end: undefined, lengthMs: last - from }];
}
