import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { ClusterError } from '../errors.ts';
import type { Sight } from '../health/sight.ts';
import type { Ports, RemoteHost } from '../ports.ts';
import type { Secret } from '../secret.ts';
import type { Phase } from '../services/service.ts';
import type { Report } from './events.ts';
import type { Ledger } from './ledger.ts';
import type { Locks } from './lock/locks.ts';

/** What the stages work with. */
export interface Run {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  readonly report: Report;
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly sight: Sight;
  /** Of build agents that Marathon runs: filled by one step, written to hosts by the next. */
  readonly agentSecrets: Map<string, Secret>;
  /**
   * What a step took away for the time of the run and a later step gives back, by a name of its own.
   * A run that ends before that gives it back itself, on every path.
   */
  readonly undo: Map<string, Undo>;
  /** Hosts that failed where the plan allows it, with their fault; told when the run ends. */
  readonly failures: Map<string, ClusterError>;
  /** Locks and record. Nothing is changed without; a plan without changes has none. */
  readonly session?: Session | undefined;
}

export interface Session {
  readonly locks: Locks;
  readonly ledger: Ledger;
}

/** For steps that change something. */
export function sessionOf({ session }: Pick<Run, 'session'>): Session {
  if (session === undefined) throw new Error('a step that changes something, without the lock');
  return session;
}

export interface Undo {
  /** What is done, as the operator reads it. */
  readonly told: string;
  /** Works also when the run was interrupted: it must not look at the run's signal. */
  readonly work: () => Promise<void>;
  /** What to type if it could not be done. */
  readonly byHand: string;
}

/** One step that changed something. */
export interface Change {
  readonly phase: Phase;
  readonly host: string;
  readonly step: string;
}
