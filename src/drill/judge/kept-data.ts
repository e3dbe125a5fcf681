import type { Invariant } from '../judgement.ts';
import type { DrillBuild, JobNumbers } from '../recording.ts';
import { hasSucceeded, isAfter } from './new-build.ts';
import { finite, samplesBy, type View } from './view.ts';

export function writesKept(view: View): Invariant {
  const name = 'acknowledged writes kept';
  const { aftermath } = view.recording;
  const count = samplesBy(view, 'write').filter(({ seen }) => seen.acknowledged).length;
  if (aftermath === undefined) return { name, holds: undefined, detail: 'nobody read them back' };
  const { lostWrites, unreadWrites } = aftermath;
  if (unreadWrites !== undefined) return { name, holds: undefined, detail: unreadWrites };
  if (lostWrites.length > 0) {
    const some = lostWrites.slice(0, 3).join(', ');
    return { name, holds: false, detail: `${lostWrites.length} of ${count} lost: ${some}` };
  }
  if (count === 0) return { name, holds: undefined, detail: 'none was acknowledged' };
  return { name, holds: true, detail: `${count} of ${count}` };
}

export function jobsKept({ baseline, recording }: View): Invariant {
  const name = 'jobs and build numbers kept';
  const jobs = recording.aftermath?.jobs;
  if (baseline === undefined || jobs === undefined) {
    return { name, holds: undefined, detail: 'nobody could read them' };
  }
  const faults = baseline.jobs.flatMap((job) => faultOf(job, jobs));
  const detail = faults.length > 0 ? faults.join('; ') : `${baseline.jobs.length} jobs`;
  return { name, holds: faults.length === 0, detail };
}

function faultOf({ controller, job, nextBuild }: JobNumbers, after: readonly JobNumbers[]) {
  const found = after.find((one) => one.controller === controller && one.job === job);
  if (found === undefined) return [`${controller} has no job ${job} any more`];
  // Written so that a number that is none is a fault, too.
  if (found.nextBuild >= nextBuild) return [];
  return [`${job} of ${controller} went back from ${nextBuild} to ${found.nextBuild}`];
}

/** It finished, or the rule that lets it be lost is in the plan. */
export function inFlightKept({ baseline, recording }: View): Invariant {
  const name = 'the build in flight finished';
  const builds = recording.builds.filter(({ when }) => when === 'in-flight');
  const rule = recording.plan.expects.mayLoseBuild;
  if (baseline?.controllers.length === 0) return { name, holds: true, detail: 'no controller' };
  const begun = builds.filter(({ number }) => number !== undefined);
  if (begun.length === 0) return { name, holds: undefined, detail: 'none was in flight' };
  const lost = begun.filter((build) => !hasSucceeded(build));
  if (lost.length === 0) return { name, holds: true, detail: begun.map(nameOf).join(', ') };
  const told = lost.map((build) => `${nameOf(build)} ${whyOf(build)}`).join('; ');
  if (rule === undefined) return { name, holds: false, detail: told };
  return { name, holds: true, detail: `${told}: allowed, because ${rule}` };
}

/** That a leader exists proves little: Jenkins may be bound to the dead one. */
export function newBuildFinished({ baseline, recording, injectedAt }: View): Invariant {
  const name = 'a new build finished';
  if (baseline?.controllers.length === 0) return { name, holds: true, detail: 'no controller' };
  const builds = recording.builds.filter(({ when }) => when === 'after');
  if (builds.length === 0 || injectedAt === undefined) {
    return { name, holds: undefined, detail: 'none was started' };
  }
  const good = builds.filter((build) => hasSucceeded(build) && isAfter(build, injectedAt));
  const proved = good.map(({ controller }) => controller);
  const missing = (baseline?.controllers ?? []).filter(
    (name) => builds.some(({ controller }) => controller === name) && !proved.includes(name),
  );
  if (good.length > 0 && missing.length === 0) {
    return { name, holds: true, detail: good.map(nameOf).join(', ') };
  }
  const told = builds.map((build) => `${nameOf(build)} ${whyOf(build)}`);
  return { name, holds: false, detail: told.join('; ') };
}

function nameOf({ controller, number }: DrillBuild): string {
  return `build ${number ?? '?'} of ${controller}`;
}

function whyOf({ result, endedAt, fault }: DrillBuild): string {
  const how = finite(endedAt) === undefined ? 'did not end' : `ended with ${result ?? 'no result'}`;
  return fault === undefined ? how : `${how} (${fault})`;
}

export function steadyAgain({ recording }: View): Invariant {
  const name = 'steady state again';
  const { steady, unsteady } = recording.aftermath ?? {};
  return { name, holds: steady, detail: unsteady ?? 'nobody looked' };
}
