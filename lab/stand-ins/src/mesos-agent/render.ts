import { buildFields } from '../shared/build.ts';
import {
  isTerminal,
  nanoseconds,
  seconds,
  type FrameworkInfo,
  type TaskStatus,
} from '../shared/mesos.ts';
import {
  amountsOf,
  attributesSummary,
  nothing,
  plus,
  toResources,
  toSummary,
} from '../shared/resources.ts';
import type { Amounts } from '../shared/resources.ts';
import { capabilities, type Agent } from './agent.ts';
import type { DrainWish } from './drain.ts';
import { frameworkIdOf, taskIdOf, type TaskRun } from './task-run.ts';
import type { Tasks } from './tasks.ts';

export interface AgentView {
  readonly agent: Agent;
  readonly tasks: Tasks;
  readonly pid: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly masterHostname: string | undefined;
}

/** `/state` of an agent, with the fields of 1.12.0. */
export function renderState(view: AgentView): object {
  const { agent, tasks } = view;
  const total = toSummary(amountsOf(agent.info.resources));
  return {
    ...buildFields,
    start_time: seconds(agent.startMs),
    ...(agent.id === '' ? {} : { id: agent.id }),
    pid: view.pid,
    hostname: agent.info.hostname,
    capabilities,
    ...drainFields(tasks),
    resources: total,
    reserved_resources: {},
    unreserved_resources: total,
    reserved_resources_full: {},
    unreserved_resources_full: toResources(amountsOf(agent.info.resources)),
    reserved_resources_allocated: {},
    unreserved_resources_allocated: toSummary(used(tasks)),
    resource_providers: [],
    attributes: attributesSummary(agent.info.attributes),
    ...(view.masterHostname === undefined ? {} : { master_hostname: view.masterHostname }),
    flags: view.flags,
    frameworks: byFramework([...tasks.runs.values()], tasks.completed),
    completed_frameworks: byFramework([], gone(tasks)),
  };
}

function drainFields({ drain }: Tasks): object {
  const { wish } = drain;
  if (wish === undefined) return {};
  return {
    drain_config: drainConfig(wish),
    estimated_drain_start_time_seconds: Math.floor(wish.startMs / 1000),
  };
}

export function drainConfig({ maxGraceMs, markGone }: DrainWish): object {
  const bound = maxGraceMs === undefined ? {} : { max_grace_period: nanoseconds(maxGraceMs) };
  return { ...bound, mark_gone: markGone };
}

/** What the agent adds to each task for the executor that runs it (observed with 1.12.0); the master does not count it. */
export const overhead = { cpus: 0.1, mem: 32 } as const;

export function used(tasks: Tasks): Amounts {
  return [...tasks.runs.values()].map(held).reduce(plus, nothing);
}

/** Of an executor: its own, and its task's while that has not ended. */
function held({ state, task: info }: TaskRun): Amounts {
  const own = Object.entries(overhead).map(([name, value]) => ({
    ...{ name, type: 'SCALAR' as const, scalar: { value } },
  }));
  return amountsOf(isTerminal(state) ? own : [...own, ...info.resources]);
}

/** Ended tasks of frameworks that have nothing here any more. */
function gone({ runs, completed }: Tasks): TaskRun[] {
  const present = new Set([...runs.values()].map(frameworkIdOf));
  return completed.filter((run) => !present.has(frameworkIdOf(run)));
}

function byFramework(live: readonly TaskRun[], ended: readonly TaskRun[]): object[] {
  const source = live.length > 0 ? live : ended;
  const ids = [...new Set(source.map(frameworkIdOf))];
  return ids.map((id) => {
    const mine = (run: TaskRun) => frameworkIdOf(run) === id;
    const first = source.find(mine);
    return {
      ...(first === undefined ? {} : frameworkFields(first.framework)),
      executors: live.filter(mine).map((run) => executor(run, { tasks: [task(run)], ended: [] })),
      completed_executors: ended
        .filter(mine)
        .map((run) => executor(run, { tasks: [], ended: [task(run)] })),
    };
  });
}

function frameworkFields(info: FrameworkInfo): object {
  return {
    id: info.id?.value,
    name: info.name,
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    hostname: info.hostname ?? '',
    ...(info.roles === undefined ? { role: info.role ?? '*' } : { roles: info.roles }),
  };
}

function executor(run: TaskRun, lists: { tasks: object[]; ended: object[] }): object {
  return {
    id: taskIdOf(run),
    name: executorName(run),
    source: taskIdOf(run),
    container: run.containerId,
    directory: run.sandbox,
    resources: toSummary(held(run)),
    role: roleOf(run),
    tasks: lists.tasks,
    queued_tasks: [],
    completed_tasks: lists.ended,
  };
}

export function executorName(run: TaskRun): string {
  const { shell = true, value = '', arguments: args = [] } = run.task.command ?? {};
  const command = shell ? `sh -c '${shorten(value)}'` : `[${[value, ...args].join(', ')}]`;
  return `Command Executor (Task: ${taskIdOf(run)}) (Command: ${command})`;
}

function shorten(text: string): string {
  return text.length > 15 ? `${text.slice(0, 12)}...` : text;
}

function roleOf(run: TaskRun): string {
  return run.task.resources[0]?.allocation_info?.role ?? '*';
}

function task(run: TaskRun): object {
  const { task: info } = run;
  return {
    id: taskIdOf(run),
    name: info.name,
    framework_id: frameworkIdOf(run),
    executor_id: '',
    slave_id: info.agent_id.value,
    state: run.state,
    resources: toSummary(amountsOf(info.resources)),
    role: roleOf(run),
    statuses: run.statuses.map(status),
    ...(info.labels === undefined ? {} : { labels: info.labels.labels ?? [] }),
    ...(info.container === undefined ? {} : { container: info.container }),
  };
}

function status({ state, timestamp, container_status: container }: TaskStatus): object {
  if (container === undefined) return { state, timestamp };
  const { container_id, network_infos } = container;
  return {
    state,
    timestamp,
    container_status: {
      container_id,
      ...(network_infos === undefined ? {} : { network_infos }),
    },
  };
}
