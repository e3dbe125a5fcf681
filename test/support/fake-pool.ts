import type { HttpAnswer, HttpRequest } from '../../src/ports.ts';

export interface FakeFramework {
  readonly id: string;
  readonly name: string;
  active: boolean;
  connected: boolean;
  /** Milliseconds since 1970; 0 of one that a new leader knows from its agents alone. */
  readonly registeredMs?: number;
}

export interface FakeTask {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  state: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface FakePoolAgent {
  readonly id: string;
  readonly hostname: string;
  readonly cpus: number;
  readonly mem: number;
  readonly usedCpus?: number;
  readonly usedMem?: number;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly active?: boolean;
}

/** What a leading master knows besides its own health. */
export interface FakePool {
  readonly frameworks: FakeFramework[];
  readonly tasks: () => readonly FakeTask[];
  readonly agents: readonly FakePoolAgent[];
  readonly roles: readonly unknown[];
  /** Ids of frameworks that were torn down, in order. */
  readonly ended: string[];
}

export function fakePool(parts: Partial<FakePool> = {}): FakePool {
  return {
    frameworks: [],
    tasks: () => [],
    agents: [],
    roles: [],
    ended: [],
    ...parts,
  };
}

/** Reads as Mesos 1.12 answers them; undefined for anything else. */
export function poolAnswers(
  pool: FakePool,
  { method, path, body }: HttpRequest,
): Partial<HttpAnswer> | undefined {
  if (method === 'POST' && path === '/api/v1') return operatorAnswer(pool, body ?? '{}');
  const [place = '', query = ''] = path.split('?');
  const framework = new URLSearchParams(query).get('framework_id');
  const tasks = pool.tasks().filter((task) => framework === null || task.frameworkId === framework);
  if (place === '/tasks') return json({ tasks: tasks.map(legacyTask) });
  if (place === '/slaves') return json({ slaves: pool.agents.map(slave), recovered_slaves: [] });
  if (place === '/roles') return json({ roles: pool.roles });
  return undefined;
}

interface Call {
  readonly type: string;
  readonly teardown?: { readonly framework_id: { readonly value: string } };
}

function operatorAnswer(pool: FakePool, body: string): Partial<HttpAnswer> | undefined {
  const { type, teardown } = JSON.parse(body) as Call;
  if (type === 'GET_FRAMEWORKS') {
    return json({ type, get_frameworks: { frameworks: pool.frameworks.map(v1Framework) } });
  }
  if (type === 'GET_TASKS') {
    const tasks = pool.tasks();
    const isOver = ({ state }: FakeTask) => /FAILED|FINISHED|LOST|KILLED|ERROR/.test(state);
    const get_tasks = {
      tasks: tasks.filter((task) => !isOver(task)).map(v1Task),
      unreachable_tasks: [],
      completed_tasks: tasks.filter(isOver).map(v1Task),
    };
    return json({ type, get_tasks });
  }
  if (type !== 'TEARDOWN') return undefined;
  const id = teardown?.framework_id.value ?? '';
  const index = pool.frameworks.findIndex((framework) => framework.id === id);
  if (index === -1) return { status: 400, body: 'No framework found with specified ID' };
  pool.frameworks.splice(index, 1);
  pool.ended.push(id);
  return { status: 200 };
}

function v1Framework({ id, name, active, connected, registeredMs = 0 }: FakeFramework): unknown {
  const registered_time = { nanoseconds: registeredMs * 1e6 };
  return { framework_info: { id: { value: id }, name }, active, connected, registered_time };
}

function v1Task({ id, frameworkId, agentId, state, reason, message }: FakeTask): unknown {
  return {
    name: '',
    task_id: { value: id },
    framework_id: { value: frameworkId },
    agent_id: { value: agentId },
    state,
    statuses: [{ state: 'TASK_STARTING' }, { state, reason, message }],
  };
}

function legacyTask({ id, frameworkId, agentId, state }: FakeTask): unknown {
  return { id, name: '', framework_id: frameworkId, slave_id: agentId, state, statuses: [] };
}

function slave(agent: FakePoolAgent): unknown {
  const { id, hostname, cpus, mem, usedCpus = 0, usedMem = 0, attributes = {} } = agent;
  return {
    ...{ id, hostname, attributes, active: agent.active ?? true, deactivated: false },
    resources: { cpus, mem, disk: 40_000, gpus: 0, ports: '[31000-32000]' },
    used_resources: { cpus: usedCpus, mem: usedMem, disk: 0, gpus: 0 },
    offered_resources: { cpus: 0, mem: 0, disk: 0, gpus: 0 },
  };
}

function json(body: unknown): Partial<HttpAnswer> {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(body) };
}
