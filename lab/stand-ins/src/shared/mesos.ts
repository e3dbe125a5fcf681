/** The JSON forms of Mesos' v1 messages (include/mesos/v1/mesos.proto, 1.11), as far as the stand-ins use them. */
export interface Id {
  readonly value: string;
}

export interface Range {
  readonly begin: number;
  readonly end: number;
}

export interface Resource {
  readonly name: string;
  readonly type: 'SCALAR' | 'RANGES';
  readonly scalar?: { readonly value: number };
  readonly ranges?: { readonly range: readonly Range[] };
  readonly role?: string;
  readonly allocation_info?: { readonly role: string };
}

export interface Attribute {
  readonly name: string;
  readonly type: 'SCALAR' | 'RANGES' | 'TEXT';
  readonly scalar?: { readonly value: number };
  readonly ranges?: { readonly range: readonly Range[] };
  readonly text?: { readonly value: string };
}

export interface MasterInfo {
  readonly id: string;
  readonly ip: number;
  readonly port: number;
  readonly pid: string;
  readonly hostname: string;
  readonly version: string;
  readonly address: { readonly hostname: string; readonly ip: string; readonly port: number };
  readonly capabilities: readonly { readonly type: string }[];
}

export interface AgentInfo {
  readonly hostname: string;
  readonly port: number;
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly id?: Id;
  readonly checkpoint?: boolean;
}

export interface FrameworkInfo {
  readonly user: string;
  readonly name: string;
  readonly id?: Id;
  readonly failover_timeout?: number;
  readonly checkpoint?: boolean;
  readonly role?: string;
  readonly roles?: readonly string[];
  readonly hostname?: string;
  readonly webui_url?: string;
  readonly principal?: string;
  readonly capabilities?: readonly { readonly type: string }[];
}

export interface Uri {
  readonly value: string;
  readonly executable?: boolean;
  /** Unpacked unless told otherwise. */
  readonly extract?: boolean;
  readonly cache?: boolean;
  readonly output_file?: string;
}

export interface CommandInfo {
  readonly shell?: boolean;
  readonly value?: string;
  readonly arguments?: readonly string[];
  readonly environment?: {
    readonly variables?: readonly { readonly name: string; readonly value?: string }[];
  };
  readonly uris?: readonly Uri[];
  readonly user?: string;
}

export interface Volume {
  readonly mode: 'RW' | 'RO';
  readonly container_path: string;
  readonly host_path?: string;
  readonly source?: {
    readonly docker_volume?: { readonly driver?: string; readonly name: string };
  };
}

export interface PortMapping {
  readonly host_port: number;
  readonly container_port: number;
  readonly protocol?: string;
}

export interface DockerInfo {
  readonly image: string;
  readonly network?: 'HOST' | 'BRIDGE' | 'NONE' | 'USER';
  readonly port_mappings?: readonly PortMapping[];
  readonly privileged?: boolean;
  readonly parameters?: readonly { readonly key: string; readonly value: string }[];
  readonly force_pull_image?: boolean;
}

interface ContainerInfo {
  readonly type: 'DOCKER' | 'MESOS';
  readonly docker?: DockerInfo;
  readonly volumes?: readonly Volume[];
  readonly hostname?: string;
  readonly network_infos?: readonly {
    readonly name?: string;
    readonly port_mappings?: readonly PortMapping[];
  }[];
}

export interface KillPolicy {
  readonly grace_period?: { readonly nanoseconds: number };
}

/** Seconds where the name says so; defaults in mesos.proto (1.11). */
export interface HealthCheck {
  readonly type?: 'COMMAND' | 'HTTP' | 'TCP' | 'UNKNOWN';
  readonly delay_seconds?: number;
  readonly interval_seconds?: number;
  readonly timeout_seconds?: number;
  readonly consecutive_failures?: number;
  readonly grace_period_seconds?: number;
  readonly command?: CommandInfo;
  readonly http?: {
    readonly scheme?: string;
    readonly port: number;
    readonly path?: string;
    readonly protocol?: string;
  };
  readonly tcp?: { readonly port: number; readonly protocol?: string };
}

export interface TaskInfo {
  readonly name: string;
  readonly task_id: Id;
  readonly agent_id: Id;
  readonly resources: readonly Resource[];
  readonly command?: CommandInfo;
  readonly container?: ContainerInfo;
  readonly executor?: { readonly executor_id?: Id; readonly command?: CommandInfo };
  readonly kill_policy?: KillPolicy;
  readonly labels?: { readonly labels?: readonly { key: string; value?: string }[] };
  readonly discovery?: unknown;
  readonly health_check?: HealthCheck;
  readonly check?: unknown;
}

export type TaskState =
  | 'TASK_STAGING'
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_KILLING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_LOST'
  | 'TASK_ERROR'
  | 'TASK_DROPPED'
  | 'TASK_UNREACHABLE'
  | 'TASK_GONE'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNKNOWN';

interface ContainerStatus {
  readonly container_id: Id;
  readonly network_infos?: readonly {
    readonly ip_addresses: readonly { readonly protocol: 'IPv4'; readonly ip_address: string }[];
  }[];
  readonly executor_pid?: number;
}

export interface TaskStatus {
  readonly task_id: Id;
  readonly state: TaskState;
  readonly message?: string;
  readonly source: 'SOURCE_MASTER' | 'SOURCE_AGENT' | 'SOURCE_EXECUTOR';
  readonly reason?: string;
  /** Base64, as bytes fields are in JSON. */
  readonly data?: string;
  readonly agent_id?: Id;
  readonly executor_id?: Id;
  readonly timestamp: number;
  /** Base64 of 16 bytes; present only where an acknowledgement is expected. */
  readonly uuid?: string;
  readonly container_status?: ContainerStatus;
  readonly unreachable_time?: { readonly nanoseconds: number };
  /** Only of tasks with a health check, and only after its first verdict. */
  readonly healthy?: boolean;
}

export interface Offer {
  readonly id: Id;
  readonly framework_id: Id;
  readonly agent_id: Id;
  readonly hostname: string;
  readonly url: {
    readonly scheme: 'http';
    readonly address: { readonly hostname: string; readonly ip: string; readonly port: number };
    readonly path: string;
  };
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly allocation_info: { readonly role: string };
}

const terminalStates: ReadonlySet<TaskState> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

export function isTerminal(state: TaskState): boolean {
  return terminalStates.has(state);
}

export function hasCapability(info: FrameworkInfo, type: string): boolean {
  return info.capabilities?.some((one) => one.type === type) ?? false;
}

/** Seconds as Mesos writes its time stamps. */
export function seconds(ms: number): number {
  return ms / 1000;
}

export function nanoseconds(ms: number): { nanoseconds: number } {
  return { nanoseconds: ms * 1e6 };
}
