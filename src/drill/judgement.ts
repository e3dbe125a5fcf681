import type { Bound, MomentName } from './bound.ts';
import type { Ms, ProbeName } from './sample.ts';

export const verdicts = [
  'PASS',
  'SLOW',
  'VIOLATION',
  'REFUSED',
  'ABORTED',
  'SKIPPED',
  'INCONCLUSIVE',
  'UNHEALED',
] as const;
export type Verdict = (typeof verdicts)[number];

export interface Moment {
  readonly name: MomentName;
  /** Undefined: not seen. */
  readonly at: Ms | undefined;
  /** The sample before it, which did not see it yet: how exact the figure is. */
  readonly errorMs: number | undefined;
  readonly detail: string;
}

export interface Invariant {
  readonly name: string;
  /** Undefined: nobody could look, which is no pass. */
  readonly holds: boolean | undefined;
  readonly detail: string;
}

export interface BoundResult extends Bound {
  readonly tookMs: number | undefined;
  readonly kept: 'yes' | 'slow' | 'no';
}

export interface Judgement {
  readonly verdict: Verdict;
  /** In one sentence, with the number that decides. */
  readonly reason: string;
  readonly timeline: readonly Moment[];
  readonly bounds: readonly BoundResult[];
  readonly invariants: readonly Invariant[];
  /** Samples per second of each probe, and the longest gap: what the observers could see at all. */
  readonly coverage: readonly {
    readonly probe: ProbeName;
    readonly from: string;
    readonly samples: number;
    readonly perSecond: number;
    readonly longestGapMs: number;
  }[];
}
