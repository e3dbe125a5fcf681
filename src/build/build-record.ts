import type { ClusterError } from '../errors.ts';
import type { BuildMoment } from '../run/events.ts';

/** One canary build, as far as it came. Filled as it goes, so that a failure can tell the rest. */
export interface BuildRecord {
  readonly controller: string;
  readonly label: string;
  readonly job: string;
  number: number | undefined;
  /** SUCCESS, UNSTABLE, FAILURE, NOT_BUILT, ABORTED; undefined if it did not end. */
  result: string | undefined;
  /** Jenkins' name of the build agent. */
  buildAgent: string | undefined;
  /** Where it ran; undefined where Mesos did not launch it. */
  host: string | undefined;
  /** The build agent was there before: nothing was launched. */
  reused: boolean;
  artifacts: readonly string[];
  /**
   * Milliseconds since the build was asked for, all by the clock of this machine: the clocks of
   * Mesos and Jenkins are others, and differences between two clocks mean nothing.
   */
  moments: Partial<Record<BuildMoment, number>>;
  /** Last lines of the console. */
  console: readonly string[];
}

export interface BuildOutcome {
  readonly record: BuildRecord;
  readonly error: ClusterError | undefined;
}

export const consoleLines = 50;
