import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { Templates } from '../services/render.ts';
import type { RoleShare } from '../services/shares.ts';
import type { Facts } from './facts.ts';

/** What was seen before planning. A host without facts did not answer. */
export interface Observed {
  readonly facts: ReadonlyMap<string, Facts>;
  /** SHA-256 of the content of a managed secret file, by path; made where secrets are revealed. */
  readonly secretSums: ReadonlyMap<string, string>;
  /**
   * Fingerprints by id of the Marathon apps that are ours, or have the id of one; empty for one that
   * has none. Undefined where Marathon did not answer.
   */
  readonly apps: ReadonlyMap<string, string> | undefined;
  /** Who leads at the moment and is changed last: `zookeeper@m2`. */
  readonly leaders: ReadonlySet<string>;
  /** Weights and limits by role; undefined where no leading master told them. */
  readonly shares?: ReadonlyMap<string, RoleShare> | undefined;
  /** Build agents of Marathon that Jenkins knows and has not online, by controller, where it answers. */
  readonly offlineNodes?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** Mesos agents by the name of their host; undefined where no leading master told them. */
  readonly agents?: ReadonlyMap<string, RegisteredAgent> | undefined;
  /** Hosts where controllers run now, by controller; those that run nowhere are left out. */
  readonly controllers?: ReadonlyMap<string, string> | undefined;
  /** Controllers that a run of ours told to start no builds, and that nobody told to go on. */
  readonly paused?: ReadonlySet<string> | undefined;
}

/** A Mesos agent as the leading master has it. */
export interface RegisteredAgent {
  readonly id: string;
  readonly hostname: string;
  readonly port: number;
  /** Only an active one gets offers; a deactivated one keeps its tasks, a drained one has none. */
  readonly state: 'active' | 'disconnected' | 'deactivated' | 'draining' | 'drained';
  /** When it registered last, by the master's clock; only to tell two times apart. */
  readonly registeredNs: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly ports: readonly { readonly begin: number; readonly end: number }[];
}

export interface PlanInput {
  readonly spec: ClusterSpec;
  readonly templates: Templates;
  readonly observed: Observed;
  /** Random id of the cluster: the recorded one, or a new one for the first run. */
  readonly clusterId: string;
}
