import type { MasterMessage, WireEnd } from '../shared/agent-wire.ts';
import type {
  AgentInfo,
  FrameworkInfo,
  Offer,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../shared/mesos.ts';
import { amountsOf, minus, nothing, plus, type Amounts } from '../shared/resources.ts';
import type { DrainInfo } from './registry.ts';

/** A scheduler's open SUBSCRIBE answer. */
export interface EventStream {
  readonly id: string;
  readonly send: (event: object) => void;
  /** Ends the answer properly (terminal chunk). */
  readonly end: () => void;
}

export interface Task {
  readonly info: TaskInfo;
  readonly frameworkId: string;
  readonly role: string;
  /** The latest the agent knows. */
  state: TaskState;
  readonly statuses: TaskStatus[];
  /** The update that waits for the framework's acknowledgement. */
  statusUpdateState?: TaskState;
  statusUpdateUuid?: string;
}

/** An agent's resources that a framework does not want to see before `until`. */
interface OfferFilter {
  readonly agentId: string;
  readonly role: string;
  readonly refused: Amounts;
  readonly until: number;
}

export interface Framework {
  readonly id: string;
  info: FrameworkInfo;
  stream: EventStream | undefined;
  active: boolean;
  connected: boolean;
  recovered: boolean;
  registeredMs: number;
  reregisteredMs: number | undefined;
  unregisteredMs: number | undefined;
  readonly tasks: Map<string, Task>;
  readonly unreachableTasks: Map<string, Task>;
  readonly completedTasks: Task[];
  filters: OfferFilter[];
  readonly suppressed: Set<string>;
  /** Stops what runs while the framework is connected (heartbeats) or away (failover timer). */
  cancelHeartbeat: () => void;
  cancelFailover: () => void;
}

export interface Agent {
  readonly id: string;
  info: AgentInfo;
  pid: string;
  version: string;
  capabilities: readonly string[];
  link: WireEnd<MasterMessage> | undefined;
  /** Not while it is disconnected; what the operator wants of it stands in `deactivated` below. */
  active: boolean;
  connected: boolean;
  readonly registeredMs: number;
  reregisteredMs: number | undefined;
  missedPings: number;
  cancelPing: () => void;
}

export interface OpenOffer {
  readonly offer: Offer;
  readonly agentId: string;
  readonly frameworkId: string;
  readonly role: string;
  readonly amounts: Amounts;
  readonly cancelTimeout: () => void;
}

export interface Drain {
  readonly info: DrainInfo;
  /** When this master last told the agent. */
  readonly startedMs: number | undefined;
}

/** Everything the leader knows. A standby's stays empty. */
export class ClusterState {
  readonly agents = new Map<string, Agent>();
  /** From the registry, not back yet since this master leads. */
  readonly recoveredAgents = new Map<string, AgentInfo>();
  /** Agent id → since when (ms). */
  readonly unreachableAgents = new Map<string, number>();
  /** Ids of agents that get no offers, whether they are registered, awaited or unreachable. */
  readonly deactivated = new Set<string>();
  readonly draining = new Map<string, Drain>();
  readonly frameworks = new Map<string, Framework>();
  readonly completedFrameworks: Framework[] = [];
  readonly offers = new Map<string, OpenOffer>();
  /** How often a role, or a framework in it, was chosen: among equals the one that was chosen less is next. */
  readonly grants = new Map<string, number>();
  nextAgent = 0;
  nextFramework = 0;
  nextOffer = 0;
}

/** Connected, and no operator wants it idle. */
export function isActive(state: ClusterState, agent: Agent): boolean {
  return agent.active && !state.deactivated.has(agent.id);
}

export function rolesOf(info: FrameworkInfo): readonly string[] {
  return info.roles ?? [info.role ?? '*'];
}

export function findTask(state: ClusterState, frameworkId: string, id: string): Task | undefined {
  return state.frameworks.get(frameworkId)?.tasks.get(id);
}

export function tasksOn(state: ClusterState, agentId: string): Task[] {
  return [...state.frameworks.values()].flatMap((framework) =>
    [...framework.tasks.values()].filter((task) => task.info.agent_id.value === agentId),
  );
}

export function taskAmounts(tasks: Iterable<Task>): Amounts {
  return [...tasks]
    .filter((task) => !finished(task.state))
    .map((task) => amountsOf(task.info.resources))
    .reduce(plus, nothing);
}

/** A task that ended holds no resources although it is listed until its update is acknowledged. */
function finished(state: TaskState): boolean {
  return !['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'].includes(state);
}

export function offeredAmounts(offers: Iterable<OpenOffer>): Amounts {
  return [...offers].map(({ amounts }) => amounts).reduce(plus, nothing);
}

export function usedOn(state: ClusterState, agentId: string): Amounts {
  return taskAmounts(tasksOn(state, agentId));
}

export function offeredOn(state: ClusterState, agentId: string): Amounts {
  return offeredAmounts([...state.offers.values()].filter((one) => one.agentId === agentId));
}

export function availableOn(state: ClusterState, agent: Agent): Amounts {
  const taken = plus(usedOn(state, agent.id), offeredOn(state, agent.id));
  return minus(amountsOf(agent.info.resources), taken);
}
