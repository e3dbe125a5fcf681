import type { HealthCheck } from '../app/app-schema.ts';
import { instanceIdOf, type Instance } from './instance.ts';

/** As shown in `healthCheckResults`. */
export interface HealthResult {
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccess: string | null;
  readonly lastSuccess: string | null;
  readonly lastFailure: string | null;
  readonly lastFailureCause: string | null;
  readonly instanceId: string;
}

/** Undefined cause: the check passed. */
export interface Verdict {
  readonly instance: Instance;
  readonly check: HealthCheck;
  readonly cause: string | undefined;
  readonly now: number;
}

export function unknownHealth({ id }: Instance): HealthResult {
  return {
    alive: false,
    consecutiveFailures: 0,
    firstSuccess: null,
    lastSuccess: null,
    lastFailure: null,
    lastFailureCause: null,
    instanceId: instanceIdOf(id),
  };
}

/** Failures of a task that has never been healthy are not even noted while it may still be starting. */
export function isForgiven(
  before: HealthResult,
  { instance, check, cause, now }: Verdict,
): boolean {
  if (cause === undefined) return false;
  if (instance.state !== 'TASK_RUNNING') return true;
  const graceEnds = (instance.startedAt ?? now) + check.gracePeriodSeconds * 1000;
  return before.firstSuccess === null && now < graceEnds;
}

export function judged(before: HealthResult, verdict: Verdict): HealthResult {
  if (isForgiven(before, verdict)) return before;
  const stamp = new Date(verdict.now).toISOString();
  if (verdict.cause === undefined) {
    const firstSuccess = before.firstSuccess ?? stamp;
    return { ...before, alive: true, consecutiveFailures: 0, firstSuccess, lastSuccess: stamp };
  }
  return {
    ...before,
    alive: false,
    consecutiveFailures: before.consecutiveFailures + 1,
    lastFailure: stamp,
    lastFailureCause: verdict.cause,
  };
}

/**
 * Real Marathon looks at the count before the failure that has just come, so it kills at one failure more than
 * `maxConsecutiveFailures`; 0 means never (`HealthCheckActor.scala`, 1.10).
 */
export function isHopeless(check: HealthCheck, before: HealthResult): boolean {
  const most = check.maxConsecutiveFailures;
  return most > 0 && before.consecutiveFailures >= most;
}
