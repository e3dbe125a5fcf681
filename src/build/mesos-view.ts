import { z } from 'zod';
import { probeMasters } from '../health/mesos.ts';
import { readFrameworks, type Framework } from '../health/frameworks.ts';
import { readLeader } from '../health/operator-api.ts';
import { ask, failed, jsonOf, placeOf, type Sight } from '../health/sight.ts';

/** A task of the controller's framework, a build agent that is. */
export interface Task {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly agentId: string;
}

/** Why a task ended, or where it stands; only the v1 API tells (Mesos 1.12). */
export interface TaskEnd extends Task {
  readonly reason: string;
  readonly message: string;
}

/** A Mesos agent with what is free on it. */
export interface PoolAgent {
  readonly id: string;
  readonly hostname: string;
  readonly active: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  readonly total: Amounts;
  readonly free: Amounts;
}

export interface Amounts {
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
}

/** Undefined parts are not limited. */
interface Limit {
  readonly cpus?: number | undefined;
  readonly memoryMb?: number | undefined;
}

export interface RoleUse {
  readonly limit: Limit;
  readonly used: Amounts;
}

/** What the leading master tells. Undefined stands for: it did not. */
export interface MesosView {
  tasks(framework: string): Promise<readonly Task[] | undefined>;
  taskEnds(framework: string): Promise<readonly TaskEnd[] | undefined>;
  agents(): Promise<readonly PoolAgent[] | undefined>;
  role(name: string): Promise<RoleUse | undefined>;
  frameworks(): Promise<readonly Framework[] | undefined>;
}

/** Finds the leader again whenever the last one does not answer. */
export function createMesosView(sight: Sight): MesosView {
  const known: { leader: string | undefined } = { leader: undefined };
  const asking = async <T>(read: (leader: string) => Promise<T | undefined>) => {
    const found = known.leader === undefined ? undefined : await read(known.leader);
    if (found !== undefined) return found;
    known.leader = (await probeMasters(sight)).leader;
    return known.leader === undefined ? undefined : await read(known.leader);
  };
  const get = <T>(path: string, form: z.ZodType<T>) =>
    asking(async (leader) => form.safeParse(await getJson(sight, leader, path)).data);
  return {
    tasks: async (framework) => {
      // The newest hundred; without the id those of all frameworks together (Mesos 1.9+).
      const path = `/tasks?framework_id=${encodeURIComponent(framework)}`;
      const found = await get(path, tasksAnswer);
      return found?.tasks.filter((task) => task.framework_id === framework).map(taskOf);
    },
    taskEnds: (framework) =>
      asking(async (leader) => {
        const { data } = taskEndsAnswer.safeParse(await readLeader(sight, leader, 'GET_TASKS'));
        return data && endsOf(data.get_tasks, framework);
      }),
    agents: async () => (await get('/slaves', agentsAnswer))?.slaves.map(poolAgent),
    role: async (name) => {
      const found = await get('/roles', rolesAnswer);
      return found && roleUse(found.roles.find((role) => role.name === name));
    },
    frameworks: () => asking((leader) => readFrameworks(sight, leader)),
  };
}

async function getJson(sight: Sight, leader: string, path: string): Promise<unknown> {
  const place = placeOf(sight, leader);
  if (place === undefined) return undefined;
  const port = sight.spec.mesos.masterPort;
  const answer = await ask(place.remote, place.host, { method: 'GET', path, port });
  return failed(answer) || answer.status !== 200 ? undefined : jsonOf(answer);
}

const legacyTask = z.object({
  id: z.string(),
  name: z.string().default(''),
  framework_id: z.string(),
  slave_id: z.string().default(''),
  state: z.string(),
});
const tasksAnswer = z.object({ tasks: z.array(legacyTask).default([]) });

function taskOf({ id, name, state, slave_id: agentId }: z.output<typeof legacyTask>): Task {
  return { id, name, state, agentId };
}

const value = z.object({ value: z.string() });
const v1Task = z.object({
  name: z.string().default(''),
  task_id: value,
  framework_id: value,
  agent_id: value.optional(),
  state: z.string(),
  statuses: z
    .array(z.object({ message: z.string().default(''), reason: z.string().default('') }))
    .default([]),
});
const taskList = z.array(v1Task).default([]);
const taskEndsAnswer = z.object({
  get_tasks: z.object({
    tasks: taskList,
    unreachable_tasks: taskList,
    completed_tasks: taskList,
  }),
});

function endsOf(
  lists: z.output<typeof taskEndsAnswer>['get_tasks'],
  framework: string,
): readonly TaskEnd[] {
  return [...lists.completed_tasks, ...lists.unreachable_tasks, ...lists.tasks]
    .filter(({ framework_id: id }) => id.value === framework)
    .map(({ name, task_id: id, agent_id: agent, state, statuses }) => {
      const last = statuses.findLast(({ message, reason }) => message + reason !== '');
      const told = { reason: last?.reason ?? '', message: last?.message ?? '' };
      return { id: id.value, name, state, agentId: agent?.value ?? '', ...told };
    });
}

const amounts = z
  .object({ cpus: z.number().default(0), mem: z.number().default(0), disk: z.number().default(0) })
  .prefault({});
const agentsAnswer = z.object({
  slaves: z
    .array(
      z.object({
        id: z.string(),
        hostname: z.string(),
        active: z.boolean().default(false),
        deactivated: z.boolean().default(false),
        attributes: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
        resources: amounts,
        used_resources: amounts,
      }),
    )
    .default([]),
});

/** What is offered to somebody at this moment counts as free: it comes back within seconds. */
function poolAgent(agent: z.output<typeof agentsAnswer>['slaves'][number]): PoolAgent {
  const { resources: total, used_resources: used } = agent;
  return {
    id: agent.id,
    hostname: agent.hostname,
    active: agent.active && !agent.deactivated,
    attributes: Object.fromEntries(
      Object.entries(agent.attributes).map(([name, text]) => [name, String(text)]),
    ),
    total: amountsOf(total),
    free: amountsOf({
      cpus: total.cpus - used.cpus,
      mem: total.mem - used.mem,
      disk: total.disk - used.disk,
    }),
  };
}

function amountsOf({ cpus, mem, disk }: z.output<typeof amounts>): Amounts {
  // Sums of tenths: 4 - 3.9 is not 0.1 for a computer.
  return { cpus: Math.round(cpus * 1000) / 1000, memoryMb: mem, diskMb: disk };
}

const someAmounts = z.object({ cpus: z.number(), mem: z.number() }).partial().prefault({});
const rolesAnswer = z.object({
  roles: z
    .array(
      z.object({
        name: z.string(),
        allocated: amounts,
        quota: z.object({ limit: someAmounts, consumed: amounts }).optional(),
      }),
    )
    .default([]),
});

type Role = z.output<typeof rolesAnswer>['roles'][number];

/** A role that nobody has used yet is in no list and holds nothing. */
function roleUse(role: Role | undefined): RoleUse {
  if (role === undefined) return { limit: {}, used: { cpus: 0, memoryMb: 0, diskMb: 0 } };
  const { cpus, mem } = role.quota?.limit ?? {};
  return {
    limit: { cpus, memoryMb: mem },
    used: amountsOf(role.quota?.consumed ?? role.allocated),
  };
}
