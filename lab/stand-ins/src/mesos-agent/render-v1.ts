import { isTerminal, nanoseconds, type TaskStatus } from '../shared/mesos.ts';
import type { Usage } from './executor.ts';
import { drainConfig, executorName, overhead, type AgentView } from './render.ts';
import { frameworkIdOf, taskIdOf, type TaskRun } from './task-run.ts';
import type { Tasks } from './tasks.ts';
import { statistics } from './usage.ts';

export interface Sample {
  readonly usages: ReadonlyMap<TaskRun, Usage>;
  readonly nowMs: number;
  readonly enableCfs: boolean;
}

export function v1State(tasks: Tasks): object {
  return {
    get_tasks: v1Tasks(tasks),
    get_executors: v1Executors(tasks),
    get_frameworks: v1Frameworks(tasks),
  };
}

export function v1Agent({ agent, tasks }: AgentView): object {
  const { wish } = tasks.drain;
  return {
    agent_info: agent.info,
    ...(wish === undefined
      ? {}
      : {
          drain_config: drainConfig(wish),
          estimated_drain_start_time: nanoseconds(Math.floor(wish.startMs / 1000) * 1000),
        }),
  };
}

/** Ended and not acknowledged is *terminated*; acknowledged too, while its executor is there, *completed*. */
export function v1Tasks({ runs, completed }: Tasks): object {
  const here = [...runs.values()];
  const isQueued = ({ state }: TaskRun) => state === 'TASK_STAGING';
  return {
    pending_tasks: [],
    queued_tasks: here.filter(isQueued).map(v1Task),
    launched_tasks: here.filter((run) => !isQueued(run) && !isTerminal(run.state)).map(v1Task),
    terminated_tasks: here.filter(({ state }) => isTerminal(state)).map(v1Task),
    completed_tasks: completed.map(v1Task),
  };
}

function v1Task(run: TaskRun): object {
  const { task } = run;
  const last = run.statuses.at(-1);
  return {
    name: task.name,
    task_id: task.task_id,
    framework_id: { value: frameworkIdOf(run) },
    agent_id: task.agent_id,
    state: run.state,
    resources: task.resources,
    statuses: run.statuses.map(withoutData),
    ...(last === undefined
      ? {}
      : { status_update_state: last.state, status_update_uuid: last.uuid }),
    ...(task.labels === undefined ? {} : { labels: task.labels }),
    ...(task.container === undefined ? {} : { container: task.container }),
  };
}

/** As the real one leaves it out, for its size. */
function withoutData(status: TaskStatus): object {
  return Object.fromEntries(Object.entries(status).filter(([name]) => name !== 'data'));
}

export function v1Executors({ runs, completed }: Tasks): object {
  return {
    executors: [...runs.values()].map(v1Executor),
    completed_executors: completed.map(v1Executor),
  };
}

function v1Executor(run: TaskRun): object {
  const launcher = '/usr/libexec/mesos';
  const role = run.task.resources[0]?.allocation_info?.role ?? '*';
  const resource = (name: string, value: number) => ({
    ...{ name, type: 'SCALAR', scalar: { value }, allocation_info: { role } },
  });
  return {
    executor_info: {
      executor_id: { value: taskIdOf(run) },
      framework_id: { value: frameworkIdOf(run) },
      command: {
        shell: false,
        value: `${launcher}/mesos-executor`,
        arguments: ['mesos-executor', `--launcher_dir=${launcher}`],
      },
      resources: [resource('cpus', overhead.cpus), resource('mem', overhead.mem)],
      name: executorName(run),
      source: taskIdOf(run),
    },
  };
}

export function v1Frameworks({ runs, completed }: Tasks): object {
  const infos = (some: readonly TaskRun[]) =>
    [...new Map(some.map((run) => [frameworkIdOf(run), run.framework])).values()].map(
      (framework_info) => ({ framework_info }),
    );
  const here = [...runs.values()];
  const present = new Set(here.map(frameworkIdOf));
  return {
    frameworks: infos(here),
    completed_frameworks: infos(completed.filter((run) => !present.has(frameworkIdOf(run)))),
  };
}

export function v1Containers(sample: Sample): object {
  const containers = [...sample.usages].map(([run, usage]) => ({
    framework_id: { value: frameworkIdOf(run) },
    executor_id: { value: taskIdOf(run) },
    executor_name: executorName(run),
    container_id: { value: run.containerId },
    container_status: { container_id: { value: run.containerId }, ...pidOf(run) },
    resource_statistics: statistics(run, usage, sample),
  }));
  return { containers };
}

/** `/containers`. */
export function containers(sample: Sample): object[] {
  return [...sample.usages].map(([run, usage]) => ({
    container_id: run.containerId,
    ...named(run),
    statistics: statistics(run, usage, sample),
    status: { container_id: { value: run.containerId }, ...pidOf(run) },
  }));
}

/** `/monitor/statistics`. */
export function monitorStatistics(sample: Sample): object[] {
  return [...sample.usages].map(([run, usage]) => ({
    ...named(run),
    statistics: statistics(run, usage, sample),
  }));
}

function named(run: TaskRun): object {
  return {
    executor_id: taskIdOf(run),
    executor_name: executorName(run),
    framework_id: frameworkIdOf(run),
    source: taskIdOf(run),
  };
}

function pidOf({ pid }: TaskRun): object {
  return pid === undefined ? {} : { executor_pid: pid };
}
