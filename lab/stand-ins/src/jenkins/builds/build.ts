export type Result = 'SUCCESS' | 'UNSTABLE' | 'FAILURE' | 'NOT_BUILT' | 'ABORTED';

/** One run of a job; `result` is undefined while it runs. */
export interface Build {
  readonly job: string;
  readonly number: number;
  readonly queueId: number;
  readonly timestamp: number;
  readonly result: Result | undefined;
  readonly durationMs: number;
  readonly builtOn: string;
  readonly executor: number;
  readonly workspace: string;
  readonly user: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const colors: Readonly<Record<Result, string>> = {
  SUCCESS: 'blue',
  UNSTABLE: 'yellow',
  FAILURE: 'red',
  NOT_BUILT: 'notbuilt',
  ABORTED: 'aborted',
};

/** `BallColor` of a job with these builds, newest first. */
export function colorOf(builds: readonly Build[], disabled: boolean): string {
  if (disabled) return 'disabled';
  const [newest] = builds;
  const finished = builds.find(({ result }) => result !== undefined)?.result;
  const color = finished === undefined ? 'notbuilt' : colors[finished];
  return newest !== undefined && newest.result === undefined ? `${color}_anime` : color;
}

/** Average of the last three that were not cut short; -1: nothing to go by (`Job.getEstimatedDuration`). */
export function estimatedDuration(builds: readonly Build[]): number {
  const finished = builds.filter(({ result }) => result !== undefined && result !== 'ABORTED');
  const good = finished.filter(({ result }) => result === 'SUCCESS' || result === 'UNSTABLE');
  const sample = (good.length > 0 ? good : finished).slice(0, 3);
  if (sample.length === 0) return -1;
  return Math.round(sample.reduce((sum, { durationMs }) => sum + durationMs, 0) / sample.length);
}

/** In which order of severity results replace each other. */
const severity: readonly Result[] = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'NOT_BUILT', 'ABORTED'];

export function worse(a: Result, b: Result): Result {
  return severity.indexOf(a) >= severity.indexOf(b) ? a : b;
}
