import type { Id, Range, TaskState } from '../../shared/mesos.ts';

export type { CommandInfo, HealthCheck, Range, TaskInfo, TaskState } from '../../shared/mesos.ts';

/**
 * The parts of Mesos' v1 messages that Marathon reads, in their JSON form, with what only a real master
 * may send (`include/mesos/v1/*.proto`; forms seen on Mesos 1.12).
 */
export interface Resource {
  readonly name: string;
  readonly type: 'SCALAR' | 'RANGES' | 'SET';
  readonly role?: string;
  readonly scalar?: { readonly value: number };
  readonly ranges?: { readonly range: readonly Range[] };
  readonly reservations?: readonly { readonly type?: string; readonly role?: string }[];
  /** The older form of a dynamic reservation. */
  readonly reservation?: unknown;
  /** Of persistent volumes and disks of their own. */
  readonly disk?: unknown;
  readonly allocation_info?: { readonly role: string };
}

export interface Attribute {
  readonly name: string;
  readonly type: 'TEXT' | 'SCALAR' | 'RANGES' | 'SET';
  readonly text?: { readonly value: string };
  readonly scalar?: { readonly value: number };
  readonly ranges?: { readonly range: readonly Range[] };
  readonly set?: { readonly item: readonly string[] };
}

interface Place {
  readonly name: string;
}

export interface Offer {
  readonly id: Id;
  readonly agent_id: Id;
  readonly hostname: string;
  readonly resources: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  readonly unavailability?: unknown;
  readonly domain?: {
    readonly fault_domain?: { readonly region: Place; readonly zone: Place };
  };
}

export interface TaskStatus {
  readonly task_id: Id;
  readonly state: TaskState;
  readonly agent_id?: Id;
  readonly executor_id?: Id;
  readonly uuid?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly source?: string;
  readonly timestamp?: number;
  readonly healthy?: boolean;
  readonly container_status?: {
    readonly network_infos?: readonly {
      readonly ip_addresses?: readonly {
        readonly ip_address: string;
        readonly protocol?: string;
      }[];
    }[];
  };
}

export type Call =
  | { readonly type: 'ACCEPT'; readonly accept: unknown }
  | { readonly type: 'DECLINE'; readonly decline: unknown }
  | { readonly type: 'ACKNOWLEDGE'; readonly acknowledge: unknown }
  | { readonly type: 'KILL'; readonly kill: unknown }
  | { readonly type: 'RECONCILE'; readonly reconcile: { readonly tasks: readonly unknown[] } }
  | { readonly type: 'REVIVE' }
  | { readonly type: 'SUPPRESS' };

/** What comes down the stream. */
export type MesosEvent =
  | {
      readonly type: 'SUBSCRIBED';
      readonly subscribed: {
        readonly framework_id: Id;
        readonly heartbeat_interval_seconds?: number;
        readonly master_info?: { readonly hostname?: string };
      };
    }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'OFFERS'; readonly offers: { readonly offers: readonly Offer[] } }
  | { readonly type: 'RESCIND'; readonly rescind: { readonly offer_id: Id } }
  | { readonly type: 'UPDATE'; readonly update: { readonly status: TaskStatus } }
  | { readonly type: 'FAILURE'; readonly failure: unknown }
  | {
      readonly type: 'MESSAGE';
      readonly message: {
        readonly agent_id: Id;
        readonly executor_id: Id;
        /** Base64. */
        readonly data: string;
      };
    }
  | { readonly type: 'ERROR'; readonly error: { readonly message: string } };
