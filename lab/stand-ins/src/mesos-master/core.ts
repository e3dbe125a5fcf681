import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import type { MasterInfo } from '../shared/mesos.ts';
import type { Counters } from './counters.ts';
import type { Registrar } from './registrar.ts';
import type { Timing } from './timing.ts';
import type { ClusterState, EventStream } from './state.ts';

export interface MasterSettings {
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  readonly allocationIntervalMs: number;
  readonly offerTimeoutMs: number | undefined;
  readonly maxCompletedFrameworks: number;
  readonly maxCompletedTasks: number;
  /** By role; 1 where not given. */
  readonly weights: ReadonlyMap<string, number>;
  /** `--whitelist`: whether an agent of this host name may be offered. */
  readonly isListed: (hostname: string) => boolean;
}

/** What the parts of a leading master share. */
export interface Core {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: MasterSettings;
  readonly info: MasterInfo;
  readonly state: ClusterState;
  readonly counters: Counters;
  readonly registrar: Registrar;
  /** Who reads the operators' event stream. */
  readonly subscribers: Set<EventStream>;
  readonly logging: { level: number };
  readonly allocationTime: Timing;
  readonly newUuid: () => string;
  /** Offers what is free, now instead of at the next beat. */
  readonly allocate: () => void;
}
