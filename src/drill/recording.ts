import type { DrillPlan, LeaderKind } from './drill-plan.ts';
import type { Ms, Sample } from './sample.ts';

export const phases = [
  ...(['plan', 'preflight', 'baseline', 'arm', 'inject', 'confirm'] as const),
  ...(['observe', 'heal', 'verify', 'disarm', 'report'] as const),
] as const;
export type Phase = (typeof phases)[number];

/** One canary build of the drill. */
export interface DrillBuild {
  readonly when: 'in-flight' | 'after';
  readonly controller: string;
  readonly number: number | undefined;
  readonly startedAt: Ms;
  /** Undefined if it had not ended when nobody waited any more. */
  readonly endedAt: Ms | undefined;
  readonly result: string | undefined;
  /** What went wrong, in words. */
  readonly fault: string | undefined;
}

/** Names, numbers and ids that have to outlive the fault. */
export interface Baseline {
  readonly leaders: Readonly<Record<LeaderKind, string | undefined>>;
  readonly members: Readonly<Record<LeaderKind, readonly string[]>>;
  /** Host by agent id. */
  readonly agents: Readonly<Record<string, string>>;
  /** Framework id by name, as far as it must stay. */
  readonly frameworks: Readonly<Record<string, string>>;
  /** Running tasks, `framework/task@agent`. */
  readonly tasks: readonly string[];
  /** Tasks of Marathon's apps. */
  readonly apps: readonly string[];
  readonly jobs: readonly JobNumbers[];
  /** Hosts whose probes ran. */
  readonly gateways: readonly string[];
  readonly controllers: readonly string[];
}

/** What must never become less. */
export interface JobNumbers {
  readonly controller: string;
  readonly job: string;
  readonly nextBuild: number;
}

/** What was read back when all was over. */
export interface Aftermath {
  /** Acknowledged writes that the ensemble does not have any more. */
  readonly lostWrites: readonly string[];
  /** Why they could not be read back; undefined if they were. */
  readonly unreadWrites?: string | undefined;
  /** Undefined if it could not be read. */
  readonly jobs: readonly JobNumbers[] | undefined;
  /** What the fault has left on hosts: empty if they are clean; undefined if somebody could not look. */
  readonly residue: readonly string[] | undefined;
  /** All gates of the preflight that concern the health hold again. */
  readonly steady: boolean | undefined;
  readonly unsteady: string;
}

/** Whether the fault took effect, as the host itself shows it. */
export interface Confirmation {
  readonly confirmed: boolean;
  /** `PID 412 is gone; the container runs as PID 588`, `214 packets dropped`. */
  readonly evidence: string;
}

/** Everything that the judge needs, and what the record of a drill holds. */
export interface Recording {
  readonly plan: DrillPlan;
  readonly baseline: Baseline | undefined;
  /** Moments of the tool itself; samples tell the others. */
  readonly injectedAt: Ms | undefined;
  readonly confirmedAt: Ms | undefined;
  readonly healedAt: Ms | undefined;
  readonly confirmations: readonly Confirmation[];
  readonly samples: readonly Sample[];
  readonly builds: readonly DrillBuild[];
  readonly aftermath: Aftermath | undefined;
  /** Offset of each host's clock against the operator's, with the error of that figure. */
  readonly clocks: readonly {
    readonly host: string;
    readonly offsetMs: number;
    readonly errorMs: number;
  }[];
  /** Why it was healed before its time; undefined if it was not. */
  readonly aborted: string | undefined;
}
