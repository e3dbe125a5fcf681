import type { Id, Range, TaskStatus as FullStatus } from '../../shared/mesos.ts';
import type { Domain, SchedulerEvent } from '../../shared/scheduler-wire.ts';

/**
 * The parts of Mesos' v1 messages that Marathon reads, in their JSON form, with what only a real master
 * sends (`include/mesos/v1/*.proto`; forms seen on Mesos 1.12).
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

export interface Offer {
  readonly id: Id;
  readonly agent_id: Id;
  readonly hostname: string;
  readonly resources: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  readonly unavailability?: unknown;
  readonly domain?: Domain;
}

interface ContainerStatus {
  readonly network_infos?: readonly {
    readonly ip_addresses?: readonly { readonly ip_address: string; readonly protocol?: string }[];
  }[];
}

/** What the master makes up itself is not as complete as what comes from an agent. */
export type TaskStatus = Pick<FullStatus, 'task_id' | 'state'> &
  Partial<Omit<FullStatus, 'container_status'>> & { readonly container_status?: ContainerStatus };

/** What comes down the stream. */
export type MesosEvent =
  | Exclude<SchedulerEvent, { readonly type: 'OFFERS' | 'UPDATE' }>
  | { readonly type: 'OFFERS'; readonly offers: { readonly offers: readonly Offer[] } }
  | { readonly type: 'UPDATE'; readonly update: { readonly status: TaskStatus } };
