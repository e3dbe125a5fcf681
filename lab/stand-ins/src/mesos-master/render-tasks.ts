import type { TaskStatus } from '../shared/mesos.ts';
import { amountsOf, toSummary } from '../shared/resources.ts';
import type { Framework, Task } from './state.ts';

/** A task as `/state` and `/tasks` show it. */
export function legacyTask(task: Task): object {
  const { info } = task;
  return {
    id: info.task_id.value,
    name: info.name,
    framework_id: task.frameworkId,
    executor_id: '',
    slave_id: info.agent_id.value,
    state: task.state,
    resources: toSummary(amountsOf(info.resources)),
    role: task.role,
    statuses: task.statuses.map(legacyStatus),
    ...(info.labels === undefined ? {} : { labels: info.labels.labels ?? [] }),
    ...(info.discovery === undefined ? {} : { discovery: info.discovery }),
    ...(info.container === undefined ? {} : { container: info.container }),
  };
}

function legacyStatus(status: TaskStatus): object {
  const { container_status: container } = status;
  if (container === undefined) return { state: status.state, timestamp: status.timestamp };
  return {
    state: status.state,
    timestamp: status.timestamp,
    container_status: {
      container_id: container.container_id,
      ...(container.network_infos === undefined ? {} : { network_infos: container.network_infos }),
    },
  };
}

/** A task as the v1 API shows it. */
export function v1Task(task: Task): object {
  const { info } = task;
  return {
    name: info.name,
    task_id: info.task_id,
    framework_id: { value: task.frameworkId },
    agent_id: info.agent_id,
    state: task.state,
    resources: info.resources,
    statuses: task.statuses,
    ...(task.statusUpdateState === undefined
      ? {}
      : { status_update_state: task.statusUpdateState }),
    ...(task.statusUpdateUuid === undefined ? {} : { status_update_uuid: task.statusUpdateUuid }),
    ...(info.labels === undefined ? {} : { labels: info.labels }),
    ...(info.discovery === undefined ? {} : { discovery: info.discovery }),
    ...(info.container === undefined ? {} : { container: info.container }),
  };
}

const countedStates = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_KILLED',
  'TASK_FAILED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_UNREACHABLE',
] as const;

/** The counts in `/state-summary`. */
export function countStates(tasks: readonly Task[]): Record<string, number> {
  return Object.fromEntries(
    countedStates.map((state) => [state, tasks.filter((task) => task.state === state).length]),
  );
}

/** Of a framework or of all: those that live, those out of sight, those that ended. */
export function allTasks(framework: Framework): Task[] {
  return [
    ...framework.tasks.values(),
    ...framework.unreachableTasks.values(),
    ...framework.completedTasks,
  ];
}
