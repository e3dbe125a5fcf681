import { hasCapability, isTerminal, seconds } from '../shared/mesos.ts';
import type { FrameworkInfo, TaskState, TaskStatus } from '../shared/mesos.ts';
import type { Core } from './core.ts';
import { countFor } from './framework-metrics.ts';
import { publishStatus } from './operator-events.ts';
import type { Framework, Task } from './state.ts';

export interface MasterStatus {
  readonly taskId: string;
  readonly agentId: string | undefined;
  readonly state: TaskState;
  readonly reason: string;
  readonly message: string;
  readonly unreachableMs?: number;
  readonly containerStatus?: TaskStatus['container_status'];
}

/** An update of the master's own making: no uuid, so nobody acknowledges it. */
export function masterStatus(core: Core, status: MasterStatus): TaskStatus {
  return {
    task_id: { value: status.taskId },
    state: status.state,
    message: status.message,
    source: 'SOURCE_MASTER',
    reason: status.reason,
    ...(status.agentId === undefined ? {} : { agent_id: { value: status.agentId } }),
    timestamp: seconds(core.clock.now()),
    ...(status.containerStatus === undefined ? {} : { container_status: status.containerStatus }),
    ...(status.unreachableMs === undefined
      ? {}
      : { unreachable_time: { nanoseconds: Math.round(status.unreachableMs * 1e6) } }),
  };
}

export function sendUpdate(framework: Framework, status: TaskStatus): void {
  framework.stream?.send({ type: 'UPDATE', update: { status } });
}

/** Frameworks that do not know the finer states are told TASK_LOST. */
export function lostUnlessAware(info: FrameworkInfo, state: TaskState): TaskState {
  return hasCapability(info, 'PARTITION_AWARE') ? state : 'TASK_LOST';
}

/** Puts a status on record; an end moves the task out of the way at once (no acknowledgement is due). */
export function concludeTask(core: Core, framework: Framework, task: Task): void {
  framework.tasks.delete(task.info.task_id.value);
  framework.completedTasks.push(task);
  const surplus = framework.completedTasks.length - core.settings.maxCompletedTasks;
  if (surplus > 0) framework.completedTasks.splice(0, surplus);
}

export function recordStatus(core: Core, task: Task, status: TaskStatus): void {
  if (!isTerminal(task.state) && isTerminal(status.state)) countEnd(core, task, status.state);
  task.statuses.push(status);
  publishStatus(core, task, status);
}

/** `task_killed/source_executor/reason_slave_draining`: the old word for agents lives on in these names (1.12.0). */
export function countReason(core: Core, { state, source, reason }: TaskStatus): void {
  if (reason === undefined) return;
  const oldWord = reason.replace('AGENT', 'SLAVE');
  core.counters.add([state, source, oldWord].join('/').toLowerCase());
}

function countEnd(core: Core, { frameworkId }: Task, state: TaskState): void {
  countFor(core, frameworkId, { name: `tasks/terminal/${state.toLowerCase()}` });
  core.counters.add(state.toLowerCase().replace('task_', 'tasks_'));
}
