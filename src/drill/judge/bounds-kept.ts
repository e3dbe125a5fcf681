import type { Bound } from '../bound.ts';
import type { BoundResult, Moment } from '../judgement.ts';
import type { View } from './view.ts';

export function boundsKept(view: View, timeline: readonly Moment[]): readonly BoundResult[] {
  return view.recording.plan.bounds.map((bound) => {
    const begin = bound.from === 'healed' ? view.healedAt : view.injectedAt;
    const at = timeline.find(({ name }) => name === bound.moment)?.at;
    const isKnown = at !== undefined && begin !== undefined;
    const tookMs = isKnown ? Math.max(0, at - begin) : undefined;
    return { ...bound, tookMs, kept: keptOf(bound, tookMs) };
  });
}

/** Written so that a figure that is none keeps nothing. */
function keptOf({ softMs, hardMs }: Bound, tookMs: number | undefined): BoundResult['kept'] {
  if (tookMs === undefined || !(tookMs <= hardMs)) return 'no';
  return tookMs <= softMs ? 'yes' : 'slow';
}
