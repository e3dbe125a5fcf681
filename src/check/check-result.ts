/** What one named check found. `skip` says why it could not be made; it is not a pass. */
export interface CheckResult {
  /** Stable, like `JENKINS_HOME_LOCK`. */
  readonly id: string;
  readonly title: string;
  /** Name of the host; undefined for what concerns several. */
  readonly host: string | undefined;
  readonly verdict: Verdict;
  readonly detail: string;
  /** What to type or to do; undefined for a pass. */
  readonly remedy: string | undefined;
}

export type Verdict = 'pass' | 'warn' | 'fail' | 'skip';

export type Finding = Pick<CheckResult, 'verdict' | 'detail' | 'remedy'>;

export function passed(detail: string): Finding {
  return { verdict: 'pass', detail, remedy: undefined };
}

export function failing(detail: string, remedy: string): Finding {
  return { verdict: 'fail', detail, remedy };
}

export function warning(detail: string, remedy: string): Finding {
  return { verdict: 'warn', detail, remedy };
}

export function skipped(detail: string, remedy: string): Finding {
  return { verdict: 'skip', detail, remedy };
}
