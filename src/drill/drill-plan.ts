import type { Role } from '../config/cluster-spec.ts';

import type { Bound } from './bound.ts';
import type { Attack } from './fault.ts';

/** `safe` belongs to ordinary days, `ask` costs something, `lab` may cost data. */
export type DrillClass = 'safe' | 'ask' | 'lab';

export type LeaderKind = 'zookeeper' | 'mesos' | 'marathon';

/** What a drill is expected, allowed and forbidden to do to the cluster. */
export interface Expectation {
  /** Another leader than before is part of the fault; without it nothing was proved. */
  readonly mustChange: readonly LeaderKind[];
  /** Collateral that is no fault. */
  readonly mayChange: readonly LeaderKind[];
  /** Writes, leaders and services may be away while the fault lasts: a loss of the quorum. */
  readonly mayStop: boolean;
  /** Ids of Mesos agents that may be lost or come back under another id, by host. */
  readonly mayLoseAgents: readonly string[];
  /** Hosts whose tasks may end. */
  readonly mayLoseTasksOn: readonly string[];
  /** Frameworks whose tasks end anyway, by id: those of build agents, of which the builds tell. */
  readonly mayLoseTasksOf?: readonly string[] | undefined;
  /** Why the build in flight may be lost; undefined if it may not. */
  readonly mayLoseBuild: string | undefined;
  /** How long two may say that they lead, by formula. */
  readonly overlapMs: number;
}

export interface GateResult {
  readonly name: string;
  /** Undefined: nobody could tell, which counts as no. */
  readonly holds: boolean | undefined;
  /** With the numbers. */
  readonly detail: string;
}

export interface Victim {
  readonly host: string;
  /** Undefined where it is the whole host. */
  readonly container: string | undefined;
  readonly roles: readonly Role[];
  /** What it led when it was chosen. */
  readonly leads: readonly LeaderKind[];
}

/** All that is known before anything is done. */
export interface DrillPlan {
  /** `D02`; the added ones have no number and their name here. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly class: DrillClass;
  readonly victims: readonly Victim[];
  readonly attack: Attack;
  readonly bounds: readonly Bound[];
  readonly expects: Expectation;
  readonly gates: readonly GateResult[];
  /** In words: what is done, and how it is taken back. */
  readonly does: readonly string[];
  readonly undoes: readonly string[];
  /** Probes go on for so long after the fault, at most. */
  readonly observeMs: number;
}

/** A drill that cannot be run here: the reason why, never a pass. */
export interface Skipped {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly class: DrillClass;
  readonly reason: string;
}
