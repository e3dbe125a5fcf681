import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import type { Facts } from '../plan/facts.ts';
import type { PlanInput } from '../plan/observed.ts';
import type { Missing } from '../plan/quorum-faults.ts';
import type { CheckFacts } from './check-facts.ts';
import type { CheckResult } from './check-result.ts';
import type { ClockReading } from './clock-reading.ts';
import type { Matrix } from './matrix.ts';
import type { Outside } from './outside.ts';

/** Everything that was seen before the judges are asked; they look at nothing else. */
export interface Scene {
  readonly spec: ClusterSpec;
  readonly input: PlanInput;
  /** Hosts without facts. */
  readonly missing: readonly Missing[];
  /** In the order of the cluster file. */
  readonly seen: readonly Seen[];
  /** By host: why its sshd forwards no channels; undefined where it does. */
  readonly forwarding: ReadonlyMap<string, string | undefined>;
  /** By host; without an entry nobody read it. */
  readonly clocks: ReadonlyMap<string, ClockReading>;
  readonly matrix: Matrix | undefined;
  readonly outside: Outside | undefined;
  readonly homeLocks: readonly CheckResult[];
}

export interface Seen {
  readonly host: Host;
  readonly facts: Facts;
  /** Undefined with a reason where the host did not tell. */
  readonly extra: CheckFacts | undefined;
  readonly why?: string | undefined;
}

/** With the facts that only checks want. */
export interface Known extends Seen {
  readonly extra: CheckFacts;
}

export function isKnown(seen: Seen): seen is Known {
  return seen.extra !== undefined;
}
