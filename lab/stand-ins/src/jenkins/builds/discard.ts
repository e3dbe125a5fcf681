import type { Build } from './build.ts';

/** How much of a job's history stays; undefined: all of it. */
export interface Retention {
  readonly builds: number | undefined;
  readonly days: number | undefined;
}

const dayMs = 86_400_000;

/**
 * Builds that `hudson.tasks.LogRotator` deletes: what runs, the last successful and the last stable one
 * always stay.
 */
export function toDiscard(
  builds: readonly Build[],
  { builds: most, days }: Retention,
  now: number,
): readonly Build[] {
  const newestFirst = [...builds].sort((a, b) => b.number - a.number);
  const lastSuccessful = newestFirst.find(({ result }) => isGood(result))?.number;
  const lastStable = newestFirst.find(({ result }) => result === 'SUCCESS')?.number;
  const oldest = days === undefined ? -Infinity : now - days * dayMs;
  return newestFirst.filter((build, index) => {
    const kept = [lastSuccessful, lastStable].includes(build.number) || build.result === undefined;
    return !kept && ((most !== undefined && index >= most) || build.timestamp < oldest);
  });
}

function isGood(result: Build['result']): boolean {
  return result === 'SUCCESS' || result === 'UNSTABLE';
}
