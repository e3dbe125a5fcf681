import type { Report } from '../../run/events.ts';
import type { DrillPlan } from '../drill-plan.ts';
import type { DrillLog } from '../record/drill-record.ts';
import type { Baseline, Confirmation, DrillBuild, Phase, Recording } from '../recording.ts';
import type { Ms } from '../sample.ts';
import type { Blows } from './blows.ts';
import type { BuildPlace, Flight } from './builds.ts';
import type { Watching } from './watching.ts';

/** One drill whose gates hold, with everything that it needs. */
export interface Course {
  readonly plan: DrillPlan;
  readonly blows: Blows;
  readonly log: DrillLog;
  readonly report: Report;
  readonly watching: Watching;
  /** Runs already. Undefined where there is nobody to build. */
  readonly flight: Flight | undefined;
  readonly builder: BuildPlace | undefined;
  /** The clock of the drill. */
  readonly at: () => Ms;
}

/** Filled as the drill goes. */
export interface Story {
  baseline: Baseline | undefined;
  injectedAt: Ms | undefined;
  confirmedAt: Ms | undefined;
  healedAt: Ms | undefined;
  /** From now on it is no fault that a switch is not to be put off any more. */
  isHealing: boolean;
  readonly confirmations: Confirmation[];
  readonly builds: Map<string, DrillBuild>;
  aftermath: Recording['aftermath'];
  aborted: string | undefined;
}

export function newStory(): Story {
  return {
    ...{ baseline: undefined, injectedAt: undefined, confirmedAt: undefined },
    ...{ healedAt: undefined, isHealing: false, confirmations: [], builds: new Map() },
    ...{ aftermath: undefined, aborted: undefined },
  };
}

export function enter({ log, at }: Course, phase: Phase): void {
  log.phase(phase, at());
}

export function tell({ report, plan, at }: Course, text: string): void {
  report({ kind: 'note', text: `${plan.name}: ${text} (${(at() / 1000).toFixed(1)} s)` });
}

export function abort(course: Course, story: Story, reason: string): void {
  if (story.aborted !== undefined) return;
  story.aborted = reason;
  course.log.aborted(reason);
  tell(course, `broken off: ${reason}`);
}

/** By what the host tells of its own clock; until it does, by when it was asked. */
export function begin(story: Story, ms: Ms): void {
  story.injectedAt = ms;
}

export function told(course: Course, { injectedAt }: Story, acts: string): void {
  if (injectedAt !== undefined) course.log.injected(injectedAt);
  tell(course, acts);
}

export function confirmed(
  course: Course,
  story: Story,
  seen: { readonly confirmations: readonly Confirmation[]; readonly at: Ms },
): void {
  story.confirmations.push(...seen.confirmations);
  const all = story.confirmations.every((one) => one.confirmed);
  if (all) story.confirmedAt ??= seen.at;
  for (const one of seen.confirmations) {
    course.log.confirmation(one, one.confirmed ? seen.at : undefined);
    tell(course, one.confirmed ? one.evidence : `not in effect: ${one.evidence}`);
  }
}

export function recordingOf({ plan, watching }: Course, story: Story): Recording {
  const { baseline, injectedAt, confirmedAt, healedAt, confirmations, aftermath, aborted } = story;
  return {
    ...{ plan, baseline, injectedAt, confirmedAt, healedAt, confirmations, aftermath, aborted },
    samples: watching.samples(),
    builds: [...story.builds.values()],
    clocks: watching.clocks(),
  };
}
