import type { Ms, Sample } from '../sample.ts';
import type { Window } from './coverage.ts';
import { isBlind, untilOf, type Stream } from './view.ts';

export interface Gaps {
  /** Sent within the window, with a sight of something. */
  readonly samples: number;
  readonly longestGapMs: number;
}

/** What one or more streams together saw within the window; its begin and its end count as borders. */
export function gapsIn(streams: readonly Stream[], window: Window): Gaps {
  const all = streams
    .flatMap(({ samples }) => samples)
    .filter(
      (sample) => !isBlind(sample) && untilOf(sample) >= window.begin && sample.at <= window.end,
    )
    .toSorted((one, other) => one.at - other.at);
  let covered: Ms = window.begin;
  let longestGapMs = 0;
  let samples = 0;
  for (const sample of all) {
    longestGapMs = Math.max(longestGapMs, sample.at - covered, sample.same?.longestGapMs ?? 0);
    covered = Math.max(covered, untilOf(sample));
    samples += countWithin(sample, window);
  }
  return { samples, longestGapMs: Math.max(longestGapMs, window.end - covered) };
}

function countWithin(sample: Sample, { begin, end }: Window): number {
  const { at, same } = sample;
  if (same === undefined || same.count < 2) return at >= begin && at <= end ? 1 : 0;
  const lengthMs = untilOf(sample) - at;
  const insideMs = Math.min(untilOf(sample), end) - Math.max(at, begin);
  if (!(lengthMs > 0)) return same.count;
  return Math.max(1, Math.round((same.count - 1) * (insideMs / lengthMs)));
}
