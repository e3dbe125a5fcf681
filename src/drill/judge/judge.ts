import type { Judgement } from '../judgement.ts';
import type { Recording } from '../recording.ts';
import { boundsKept } from './bounds-kept.ts';
import { coverageOf } from './coverage.ts';
import { invariantsOf } from './invariants.ts';
import { timelineOf } from './timeline.ts';
import { decide } from './verdict.ts';
import { viewOf } from './view.ts';

/** What a drill has shown. PASS only if everything was looked at and nothing was found. */
export function judge(recording: Recording): Judgement {
  const view = viewOf(recording);
  const timeline = timelineOf(view);
  const bounds = boundsKept(view, timeline);
  const invariants = invariantsOf(view);
  const coverage = coverageOf(view, bounds);
  return { ...decide({ view, bounds, invariants }), timeline, bounds, invariants, coverage };
}
