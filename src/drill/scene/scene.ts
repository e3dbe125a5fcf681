import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Health } from '../../health/model.ts';
import type { LeaderKind } from '../drill-plan.ts';
import type { Abilities } from './abilities.ts';
import type { RunningFlags } from './running-flags.ts';

/** Everything that a plan of a drill is computed from; nothing is asked after it. */
export interface Scene {
  readonly spec: ClusterSpec;
  readonly health: Health;
  /** Names of hosts. */
  readonly leaders: Readonly<Record<LeaderKind, string | undefined>>;
  /** How long they have led; undefined if nobody told. */
  readonly leadingMs: Readonly<Record<LeaderKind, number | undefined>>;
  readonly hosts: ReadonlyMap<string, HostScene>;
  readonly controllers: readonly ControllerPlace[];
  /** Build agents that Mesos runs now for controllers. */
  readonly buildAgents: readonly BuildAgentPlace[];
  /** Undefined where no leading master told. */
  readonly pool: readonly PoolPart[] | undefined;
  readonly flags: RunningFlags;
  /** Reasons not to begin; empty if there are none, undefined if nobody told. */
  readonly deployments: string | undefined;
  readonly maintenance: string | undefined;
  /** Builds that run and are none of ours, by controller; undefined where Jenkins did not tell. */
  readonly builds: ReadonlyMap<string, readonly string[] | undefined>;
}

export interface HostScene {
  /** The reason where it did not tell. */
  readonly abilities: Abilities | string;
  /** Names of containers that run, by service: `zookeeper` → `ci-zookeeper`. */
  readonly containers: ReadonlyMap<string, string>;
  /** Containers outlive a restart of Docker Engine; undefined if nobody told. */
  readonly liveRestore: boolean | undefined;
}

/** Where the one task of a controller runs. */
export interface ControllerPlace {
  readonly name: string;
  readonly app: string;
  readonly host: string | undefined;
  readonly task: string | undefined;
  /** Name of its container on that host; undefined if the Mesos agent did not tell. */
  readonly container: string | undefined;
  /** Of the running definition: until Marathon starts it again, and until it has to answer. */
  readonly backoffMs: number;
  readonly graceMs: number;
  readonly intervalMs: number;
}

export interface BuildAgentPlace {
  readonly controller: string;
  /** Name of the node in Jenkins; the plugin gives it to the task, too (2.0). */
  readonly node: string;
  readonly host: string;
  readonly container: string;
}

/** A Mesos agent with what is taken of it. */
export interface PoolPart {
  readonly host: string;
  readonly id: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly usedCpus: number;
  readonly usedMemoryMb: number;
}
