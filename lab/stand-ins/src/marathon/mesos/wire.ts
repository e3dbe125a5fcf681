/**
 * The parts of Mesos' v1 messages that Marathon reads or writes, in their JSON form
 * (`include/mesos/v1/*.proto`; forms seen on Mesos 1.12).
 */
interface Id {
  readonly value: string;
}

export interface Range {
  readonly begin: number;
  readonly end: number;
}

export interface Resource {
  readonly name: string;
  readonly type: 'SCALAR' | 'RANGES' | 'SET';
  readonly role?: string;
  readonly scalar?: { readonly value: number };
  readonly ranges?: { readonly range: readonly Range[] };
  readonly reservations?: readonly unknown[];
  readonly allocation_info?: { readonly role: string };
}

export interface Attribute {
  readonly name: string;
  readonly type: 'TEXT' | 'SCALAR' | 'RANGES' | 'SET';
  readonly text?: { readonly value: string };
  readonly scalar?: { readonly value: number };
}

export interface Offer {
  readonly id: Id;
  readonly agent_id: Id;
  readonly hostname: string;
  readonly resources: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  readonly unavailability?: unknown;
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

export type TaskState =
  | 'TASK_STAGING'
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_KILLING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_ERROR'
  | 'TASK_LOST'
  | 'TASK_DROPPED'
  | 'TASK_UNREACHABLE'
  | 'TASK_GONE'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNKNOWN';

export interface TaskInfo {
  readonly name: string;
  readonly task_id: Id;
  readonly agent_id: Id;
  readonly resources: readonly Resource[];
  readonly command: CommandInfo;
  readonly container?: ContainerInfo;
  readonly kill_policy?: KillPolicy;
  readonly labels?: {
    readonly labels: readonly { readonly key: string; readonly value: string }[];
  };
}

export interface CommandInfo {
  readonly shell: boolean;
  readonly value?: string;
  readonly arguments?: readonly string[];
  readonly user?: string;
  readonly uris?: readonly unknown[];
  readonly environment: {
    readonly variables: readonly { readonly name: string; readonly value: string }[];
  };
}

export interface ContainerInfo {
  readonly type: 'DOCKER' | 'MESOS';
  readonly network_infos?: readonly { readonly name: string }[];
  readonly volumes: readonly {
    readonly container_path: string;
    readonly host_path: string;
    readonly mode: 'RO' | 'RW';
  }[];
  readonly docker?: {
    readonly image: string;
    readonly network: 'HOST' | 'BRIDGE' | 'USER';
    readonly privileged: boolean;
    readonly force_pull_image: boolean;
    readonly parameters: readonly { readonly key: string; readonly value: string }[];
    readonly port_mappings?: readonly {
      readonly host_port: number;
      readonly container_port: number;
      readonly protocol: string;
    }[];
  };
}

interface KillPolicy {
  readonly grace_period: { readonly nanoseconds: number };
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
        readonly master_info?: unknown;
      };
    }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'OFFERS'; readonly offers: { readonly offers: readonly Offer[] } }
  | { readonly type: 'RESCIND'; readonly rescind: { readonly offer_id: Id } }
  | { readonly type: 'UPDATE'; readonly update: { readonly status: TaskStatus } }
  | { readonly type: 'FAILURE'; readonly failure: unknown }
  | { readonly type: 'ERROR'; readonly error: { readonly message: string } };
