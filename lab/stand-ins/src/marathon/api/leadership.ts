import type { AppService } from '../core/app-service.ts';
import type { Cluster } from '../core/cluster.ts';
import type { GroupService } from '../core/group-service.ts';
import type { HealthMonitor } from '../core/health-monitor.ts';
import type { Orchestrator } from '../core/orchestrator.ts';
import type { World } from '../core/world.ts';
import type { EventStream } from './event-stream.ts';

/** What exists only in the leading process. */
export interface Leadership {
  readonly cluster: Cluster;
  readonly orchestrator: Orchestrator;
  readonly apps: AppService;
  readonly groups: GroupService;
  readonly health: HealthMonitor;
  readonly events: EventStream;
  /** Totals since this process leads, by name. */
  readonly counters: ReadonlyMap<string, number>;
  readonly world: World;
  readonly electedAt: number;
  readonly self: string;
  /** Ends the leadership and with it the process. */
  readonly abdicate: () => void;
}
