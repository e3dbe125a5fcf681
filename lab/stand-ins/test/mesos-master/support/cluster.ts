import type { AgentMessage, MasterMessage, RunningTask } from '../../../src/shared/agent-wire.ts';
import type { AgentInfo, FrameworkInfo, TaskInfo, TaskStatus } from '../../../src/shared/mesos.ts';
import { parseAttributes, parseResources } from '../../../src/shared/resources.ts';
import { registerAgent } from '../../../src/mesos-master/agents.ts';
import { subscribe } from '../../../src/mesos-master/frameworks.ts';
import type { Core } from '../../../src/mesos-master/core.ts';
import { Master } from '../../../src/mesos-master/master.ts';
import { MemoryRegistrar } from '../../../src/mesos-master/registrar.ts';
import type { Registry } from '../../../src/mesos-master/registry.ts';
import type { Agent, Framework } from '../../../src/mesos-master/state.ts';
import { fakeClock, type FakeClock } from '../../shared/support/fake-clock.ts';

export const masterInfo = {
  id: 'm1-id',
  ip: 16777343,
  port: 5050,
  pid: 'master@127.0.0.1:5050',
  hostname: 'm1.local',
  version: '1.12.0',
  address: { hostname: 'm1.local', ip: '127.0.0.1', port: 5050 },
  capabilities: [{ type: 'AGENT_UPDATE' }],
} as const;

export const silent = {
  info: () => undefined,
  warning: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
};

export interface TestCluster {
  readonly core: Core;
  readonly master: Master;
  readonly clock: FakeClock;
  readonly registrar: MemoryRegistrar;
  readonly exits: number[];
}

/** A leading master without network: the registry in memory (that of a leader before, if given), time in hand. */
export function leadingMaster(
  weights: Readonly<Record<string, number>> = {},
  offerTimeoutMs?: number,
  registry?: Registry,
): TestCluster {
  const clock = fakeClock();
  const registrar = new MemoryRegistrar();
  if (registry !== undefined) registrar.registry = registry;
  const exits: number[] = [];
  const master = new Master({
    info: masterInfo,
    settings: {
      agentPingTimeoutMs: 15_000,
      maxAgentPingTimeouts: 5,
      allocationIntervalMs: 1000,
      offerTimeoutMs,
      maxCompletedFrameworks: 50,
      maxCompletedTasks: 1000,
      weights: new Map(Object.entries(weights)),
      isListed: () => true,
    },
    registrar,
    agentReregisterTimeoutMs: 600_000,
    log: silent,
    newUuid: () => 'uuid',
    exit: (code) => exits.push(code),
    clock,
  });
  master.leaderDetected(masterInfo);
  return { core: master.core, master, clock, registrar, exits };
}

export interface TestAgent {
  readonly agent: Agent;
  readonly received: MasterMessage[];
  readonly id: string;
}

export function agentInfo(hostname: string, resources: string): AgentInfo {
  return {
    hostname,
    port: 5051,
    resources: parseResources(resources),
    attributes: parseAttributes('rack:r1'),
  };
}

export interface AgentWish {
  readonly hostname?: string;
  readonly resources?: string;
  readonly id?: string;
  readonly tasks?: readonly RunningTask[];
  readonly frameworks?: readonly FrameworkInfo[];
  /** Answers pings, as an agent does that is alive. */
  readonly alive?: boolean;
}

export async function addAgent(core: Core, wish: AgentWish = {}): Promise<TestAgent> {
  const hostname = wish.hostname ?? 'a1';
  const info = agentInfo(hostname, wish.resources ?? 'cpus:4;mem:2048;ports:[31000-31009]');
  const received: MasterMessage[] = [];
  const message: Extract<AgentMessage, { kind: 'register' }> = {
    kind: 'register',
    agent: wish.id === undefined ? info : { ...info, id: { value: wish.id } },
    pid: `slave(1)@10.0.0.${hostname.length}${hostname.charCodeAt(1)}:5051`,
    version: '1.12.0',
    capabilities: ['MULTI_ROLE'],
    tasks: wish.tasks ?? [],
    frameworks: wish.frameworks ?? [],
  };
  const link = {
    send: (one: object) => {
      received.push(one as MasterMessage);
      if ((one as MasterMessage).kind !== 'ping' || wish.alive !== true) return;
      const agent = core.state.agents.get(received.length > 0 ? idOf(received) : '');
      if (agent !== undefined) agent.missedPings = 0;
    },
    close: () => undefined,
  };
  const agent = await registerAgent(core, message, link);
  if (agent === undefined) throw new Error('the agent was sent away');
  return { agent, received, id: agent.id };
}

function idOf(received: readonly MasterMessage[]): string {
  const first = received.find((one) => one.kind === 'registered');
  return first?.agent_id ?? '';
}

export interface TestScheduler {
  readonly framework: Framework;
  readonly events: SchedulerEvent[];
  readonly offerIds: () => string[];
  readonly statuses: () => TaskStatus[];
  readonly ended: () => boolean;
}

interface SchedulerEvent {
  readonly type: string;
  readonly offers?: { readonly offers: readonly { readonly id: { readonly value: string } }[] };
  readonly update?: { readonly status: TaskStatus };
  readonly error?: { readonly message: string };
  readonly failure?: object;
}

export function addScheduler(core: Core, info: Partial<FrameworkInfo> = {}): TestScheduler {
  const events: SchedulerEvent[] = [];
  let ended = false;
  const stream = {
    id: `stream-${Math.round(core.clock.now())}-${core.state.frameworks.size}`,
    send: (event: object) => events.push(event as SchedulerEvent),
    end: () => {
      ended = true;
    },
  };
  const full: FrameworkInfo = {
    user: 'root',
    name: 'fw',
    roles: ['*'],
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
    ...info,
  };
  const framework = subscribe(core, { framework_info: full }, stream);
  return {
    framework,
    events,
    offerIds: () => events.flatMap(({ offers }) => offers?.offers.map(({ id }) => id.value) ?? []),
    statuses: () => events.flatMap(({ update }) => (update === undefined ? [] : [update.status])),
    ended: () => ended,
  };
}

export function task(id: string, agentId: string, resources = 'cpus:1;mem:64'): TaskInfo {
  return {
    name: id,
    task_id: { value: id },
    agent_id: { value: agentId },
    resources: parseResources(resources),
    command: { shell: true, value: 'sleep 1' },
  };
}
