import type { HttpAnswer, HttpRequest } from '../../src/ports.ts';
import { running, type FakeMachine } from './fake-machine.ts';
import type { FakeTask } from './fake-pool.ts';

/** What the registry of the masters keeps of one Mesos agent, by the name of its host. */
export interface AgentMemory {
  deactivated: boolean;
  drain: 'DRAINING' | 'DRAINED' | undefined;
  /** So many DRAIN_AGENT do not end the drain: a framework that is away cannot acknowledge. */
  sticks: number;
  gone: boolean;
  /** Orders that are answered with 500 so many times. */
  readonly refusals: Map<string, number>;
}

export interface AgentsWorld {
  readonly agents: Map<string, AgentMemory>;
  /** Mesos agents that have found the leader, in the order of their ids. */
  readonly registered: readonly FakeMachine[];
  /** What runs on the agent of a machine. */
  readonly tasksOn: (machine: FakeMachine) => readonly FakeTask[];
  /** Ends all of it. */
  readonly endTasksOn: (machine: FakeMachine) => void;
  readonly log: (line: string) => void;
}

export function memoryOf({ agents }: Pick<AgentsWorld, 'agents'>, host: string): AgentMemory {
  const found = agents.get(host) ?? {
    ...{ deactivated: false, drain: undefined, sticks: 0, gone: false },
    refusals: new Map<string, number>(),
  };
  agents.set(host, found);
  return found;
}

export function isOut(agents: Map<string, AgentMemory> | undefined, host: string): boolean {
  return agents?.get(host)?.deactivated === true;
}

interface Call {
  readonly type: string;
  readonly [body: string]: unknown;
}

const orders = ['DEACTIVATE_AGENT', 'DRAIN_AGENT', 'REACTIVATE_AGENT', 'MARK_AGENT_GONE'];

/** As Mesos 1.12 answers them; undefined for any other call. */
export function agentOrder(
  world: AgentsWorld,
  leader: FakeMachine,
  call: Call,
): Partial<HttpAnswer> | undefined {
  if (!orders.includes(call.type)) return undefined;
  const { agent_id: id } = call[call.type.toLowerCase()] as { agent_id: { value: string } };
  const machine = world.registered.find((one) => idOf(one) === id.value);
  if (machine === undefined) {
    return call.type === 'MARK_AGENT_GONE'
      ? { status: 404, body: `Agent '${id.value}' not found` }
      : { status: 400, body: 'Unknown agent' };
  }
  const memory = memoryOf(world, machine.name);
  const refusals = memory.refusals.get(call.type) ?? 0;
  if (refusals > 0) {
    memory.refusals.set(call.type, refusals - 1);
    return { status: 500, body: 'Failed to apply the operation' };
  }
  world.log(`${leader.name}: ${call.type} ${machine.name}`);
  return effects[call.type]?.(world, machine, memory) ?? { status: 200 };
}

type Effect = (
  world: AgentsWorld,
  machine: FakeMachine,
  memory: AgentMemory,
) => Partial<HttpAnswer> | undefined;

const effects: Readonly<Record<string, Effect>> = {
  DEACTIVATE_AGENT: (_world, _machine, memory) => {
    memory.deactivated = true;
    return undefined;
  },
  DRAIN_AGENT: (world, machine, memory) => {
    world.endTasksOn(machine);
    Object.assign(memory, { deactivated: true, drain: memory.sticks > 0 ? 'DRAINING' : 'DRAINED' });
    memory.sticks = Math.max(0, memory.sticks - 1);
    return undefined;
  },
  REACTIVATE_AGENT: (_world, _machine, memory) => {
    if (!memory.deactivated) return { status: 400, body: 'Agent is not deactivated' };
    if (memory.drain === 'DRAINING') {
      return { status: 400, body: 'Agent is still in the DRAINING state' };
    }
    Object.assign(memory, { deactivated: false, drain: undefined });
    return undefined;
  },
  MARK_AGENT_GONE: (_world, _machine, memory) => {
    memory.gone = true;
    return undefined;
  },
};

/** Stays with the machine: agents keep their id over a restart. */
export function idOf({ name }: Pick<FakeMachine, 'name'>): string {
  return `S-${name}`;
}

/** One entry of GET_AGENTS. */
export function agentEntry(agents: Map<string, AgentMemory>, machine: FakeMachine): unknown {
  const { deactivated, drain } = memoryOf({ agents }, machine.name);
  const container = running(machine, 'mesos-agent');
  const env = container?.env;
  return {
    active: container !== undefined && !deactivated,
    deactivated,
    ...(drain === undefined ? {} : { drain_info: { state: drain } }),
    registered_time: { nanoseconds: (container?.startedMs ?? 0) * 1e6 },
    agent_info: {
      id: { value: idOf(machine) },
      hostname: env?.get('MESOS_HOSTNAME') ?? machine.address,
      port: Number(env?.get('MESOS_PORT') ?? 5051),
      attributes: pairsOf(env?.get('MESOS_ATTRIBUTES') ?? '').map(([name, value]) => ({
        ...{ name, type: 'TEXT', text: { value } },
      })),
    },
    total_resources: resourcesOf(env?.get('MESOS_RESOURCES') ?? ''),
  };
}

function pairsOf(text: string): (readonly [string, string])[] {
  return text
    .split(';')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(':');
      return [name, value] as const;
    });
}

const detected = { cpus: 4, mem: 6500, disk: 40_000 };

function resourcesOf(text: string): unknown[] {
  const given = new Map(pairsOf(text));
  const scalars = Object.entries(detected).map(([name, value]) => ({
    ...{ name, type: 'SCALAR' },
    scalar: { value: Number(given.get(name) ?? value) },
  }));
  const [, begin, end] = /\[(\d+)-(\d+)\]/.exec(given.get('ports') ?? '[31000-32000]') ?? [];
  const range = [{ begin: Number(begin), end: Number(end) }];
  return [...scalars, { name: 'ports', type: 'RANGES', ranges: { range } }];
}

/** What a Mesos agent itself answers. */
export function agentAnswers(
  tasks: readonly FakeTask[],
  { path }: Pick<HttpRequest, 'path'>,
): Partial<HttpAnswer> {
  if (path === '/health') return { status: 200 };
  if (path !== '/state') return { status: 404 };
  const ids = [...new Set(tasks.map(({ frameworkId }) => frameworkId))];
  const frameworks = ids.map((id) => ({
    id,
    executors: tasks
      .filter(({ frameworkId, state }) => frameworkId === id && state === 'TASK_RUNNING')
      .map((task) => ({ id: task.id, tasks: [{ id: task.id, state: task.state }] })),
  }));
  return { status: 200, body: JSON.stringify({ frameworks }) };
}
