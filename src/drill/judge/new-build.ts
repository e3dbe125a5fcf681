import type { Moment } from '../judgement.ts';
import type { DrillBuild } from '../recording.ts';
import type { Ms } from '../sample.ts';
import { finite, type View } from './view.ts';

/** The end of the first build that was started after the fault and succeeded. */
export function newBuild({ recording }: View, injectedAt: Ms): Moment {
  const ends = recording.builds.flatMap((build) => {
    const at = hasSucceeded(build) ? finite(build.endedAt) : undefined;
    return build.when === 'after' && at !== undefined && isAfter(build, injectedAt)
      ? [{ at, build }]
      : [];
  });
  const first = ends.toSorted((one, other) => one.at - other.at)[0];
  if (first === undefined) {
    return { name: 'new-build', at: undefined, errorMs: undefined, detail: '' };
  }
  const { at, build } = first;
  const detail = `${build.controller}: build ${build.number ?? '?'}`;
  return { name: 'new-build', at, errorMs: 0, detail };
}

export function hasSucceeded({ result, endedAt }: DrillBuild): boolean {
  return result === 'SUCCESS' && finite(endedAt) !== undefined;
}

export function isAfter({ startedAt, endedAt }: DrillBuild, injectedAt: Ms): boolean {
  return startedAt >= injectedAt && (endedAt ?? startedAt) >= startedAt;
}
