import type { HttpAnswer, HttpRequest } from '../../src/ports.ts';
import { agentEntry, agentOrder, type AgentMemory } from './fake-agents.ts';
import { running, type FakeContainer, type FakeMachine } from './fake-machine.ts';
import {
  fakePool,
  poolAnswers,
  type FakeFramework,
  type FakePool,
  type FakeTask,
} from './fake-pool.ts';
import { zooLeader, zooServers } from './fake-zookeeper.ts';

/** What outlives the processes of the masters. */
export interface MesosMemory {
  /** The replicated log has been initialised: only possible with all replicas in sight. */
  initialised: boolean;
  /** Besides Marathon and the controllers: what nobody uses any more. */
  readonly frameworks: FakeFramework[];
  /** Ids of frameworks whose stream of events is closed. */
  readonly disconnected: Set<string>;
  /** Besides build agents. */
  readonly tasks: FakeTask[];
  /** Addresses of Mesos agents that the leader knows of, but that have not come back to it. */
  readonly recovered?: string[];
  /** Mesos agents that somebody took out, by the name of their host. */
  readonly agents?: Map<string, AgentMemory>;
  /** What the masters say that they are; 1.12.0 if not given. */
  version?: string;
  /** Weights and limits by role. */
  readonly weights?: Map<string, number>;
  readonly limits?: Map<string, object>;
}

interface Master {
  readonly machine: FakeMachine;
  readonly container: FakeContainer;
}

export interface MesosWorld {
  readonly machines: ReadonlyMap<string, FakeMachine>;
  readonly mesos: MesosMemory;
  /** Frameworks and their tasks; without it the master knows of none. */
  readonly pool?: FakePool;
  readonly log?: (line: string) => void;
  /** What runs on the Mesos agent of a machine, and its end. */
  readonly tasksOn?: (machine: FakeMachine) => readonly FakeTask[];
  readonly endTasksOn?: (machine: FakeMachine) => void;
}

function mastersOf({ machines }: MesosWorld): readonly Master[] {
  return [...machines.values()].flatMap((machine) => {
    const container = running(machine, 'mesos-master');
    return container === undefined ? [] : [{ machine, container }];
  });
}

/** The first master that runs, once ZooKeeper serves. */
function electedOf(world: MesosWorld): Master | undefined {
  return zooLeader(zooServers(world.machines.values())) && mastersOf(world)[0];
}

function hasRecovered(world: MesosWorld): boolean {
  const masters = mastersOf(world);
  const quorum = Number(masters[0]?.container.env.get('MESOS_QUORUM') ?? 0);
  if (masters.length >= 2 * quorum - 1) world.mesos.initialised = true;
  return world.mesos.initialised && masters.length >= quorum;
}

/** The leader, if it has recovered its registry. */
export function mesosLeader(world: MesosWorld): FakeMachine | undefined {
  const elected = electedOf(world);
  return elected !== undefined && hasRecovered(world) ? elected.machine : undefined;
}

/** What a master answers (Mesos 1.11). */
export function masterAnswers(
  world: MesosWorld,
  machine: FakeMachine,
  request: HttpRequest,
): Partial<HttpAnswer> {
  if (request.path.startsWith('/metrics/snapshot')) return metrics(world);
  if (request.path === '/version') return json({ version: world.mesos.version ?? '1.12.0' });
  if (request.method === 'GET' && mesosLeader(world) === machine) {
    return poolAnswers(world.pool ?? fakePool(), request) ?? { status: 404 };
  }
  if (request.path !== '/api/v1' || request.method !== 'POST') return { status: 404 };
  if (request.headers?.['content-type'] !== 'application/json') return { status: 415 };
  const elected = electedOf(world);
  if (elected === undefined) return { status: 503, body: 'No leader elected' };
  if (elected.machine !== machine) {
    return { status: 307, headers: { location: `//${elected.machine.address}:5050/api/v1` } };
  }
  if (!hasRecovered(world)) return { status: 503, body: 'Master has not finished recovery' };
  const { type, ...content } = JSON.parse(request.body ?? '') as Call;
  if (type === 'GET_HEALTH') return json({ type, get_health: { healthy: true } });
  if (type === 'GET_AGENTS') return json({ type, get_agents: getAgents(world) });
  const ordered = agentOrder(
    {
      agents: world.mesos.agents ?? new Map<string, AgentMemory>(),
      registered: knownAgents(world),
      tasksOn: world.tasksOn ?? (() => []),
      endTasksOn: world.endTasksOn ?? (() => undefined),
      log: world.log ?? (() => undefined),
    },
    machine,
    { type, ...content },
  );
  if (ordered !== undefined) return ordered;
  const shares = shareAnswers(world.mesos, type, content);
  return shares ?? poolAnswers(world.pool ?? fakePool(), request) ?? { status: 400 };
}

interface Call {
  readonly type: string;
  readonly update_weights?: { readonly weight_infos: readonly { role: string; weight: number }[] };
  readonly update_quota?: { readonly quota_configs: readonly { role: string; limits: object }[] };
}

/** Weights and quotas; protobuf leaves empty lists out. */
function shareAnswers(
  mesos: MesosMemory,
  type: string,
  { update_weights, update_quota }: Omit<Call, 'type'>,
): Partial<HttpAnswer> | undefined {
  const { weights = new Map<string, number>(), limits = new Map<string, object>() } = mesos;
  for (const { role, weight } of update_weights?.weight_infos ?? []) weights.set(role, weight);
  for (const one of update_quota?.quota_configs ?? []) limits.set(one.role, one.limits);
  if (type === 'UPDATE_WEIGHTS' || type === 'UPDATE_QUOTA') {
    Object.assign(mesos, { weights, limits });
    return { status: 200 };
  }
  if (type === 'GET_WEIGHTS') {
    const weight_infos = [...weights].map(([role, weight]) => ({ role, weight }));
    return json({ type, get_weights: weight_infos.length === 0 ? {} : { weight_infos } });
  }
  if (type !== 'GET_QUOTA') return undefined;
  const configs = [...limits].map(([role, given]) => ({ role, limits: given }));
  return json({ type, get_quota: { status: configs.length === 0 ? {} : { configs } } });
}

function metrics(world: MesosWorld): Partial<HttpAnswer> {
  const size = mastersOf(world).filter(({ container }) => !container.frozen).length;
  return json({ 'registrar/log/recovered': 1, 'registrar/log/ensemble_size': size });
}

/** Machines whose Mesos agent has found the leader. */
export function agentMachines(world: MesosWorld): readonly FakeMachine[] {
  if (mesosLeader(world) === undefined) return [];
  return [...world.machines.values()].filter((machine) => {
    const agent = running(machine, 'mesos-agent');
    return agent !== undefined && !agent.frozen;
  });
}

function getAgents(world: MesosWorld): object {
  const recovered = (world.mesos.recovered ?? []).map((hostname) => ({ hostname, port: 5051 }));
  return { agents: agentsOf(world), recovered_agents: recovered };
}

function agentsOf(world: MesosWorld): unknown[] {
  const agents = world.mesos.agents ?? new Map<string, AgentMemory>();
  return knownAgents(world).map((machine) => agentEntry(agents, machine));
}

/** Those that registered, and those that were stopped while they were taken out: nobody forgot them. */
function knownAgents(world: MesosWorld): readonly FakeMachine[] {
  if (mesosLeader(world) === undefined) return [];
  const registered = agentMachines(world);
  return [...world.machines.values()].filter((machine) => {
    const memory = world.mesos.agents?.get(machine.name);
    if (memory?.gone === true && running(machine, 'mesos-agent') === undefined) return false;
    return registered.includes(machine) || memory?.deactivated === true;
  });
}

export function json(body: unknown): Partial<HttpAnswer> {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(body) };
}
