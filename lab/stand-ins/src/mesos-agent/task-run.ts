import type { FrameworkInfo, TaskInfo, TaskState, TaskStatus } from '../shared/mesos.ts';

/** One task on this agent, from launch to the acknowledgement of its end. All of it is data: it is checkpointed. */
export interface TaskRun {
  framework: FrameworkInfo;
  readonly task: TaskInfo;
  readonly containerId: string;
  readonly sandbox: string;
  state: TaskState;
  readonly statuses: TaskStatus[];
  /** Updates not acknowledged yet; the first one is under way. */
  readonly pending: TaskStatus[];
  killed: boolean;
  /** Of a command without container. */
  pid?: number;
}

export function frameworkIdOf(run: TaskRun): string {
  return run.framework.id?.value ?? '';
}

export function taskIdOf(run: TaskRun): string {
  return run.task.task_id.value;
}

export function keyOf(run: TaskRun): string {
  return `${frameworkIdOf(run)} ${taskIdOf(run)}`;
}

export function containerName(run: TaskRun): string {
  return `mesos-${run.containerId}`;
}

export function isDockerTask({ task }: TaskRun): boolean {
  return task.container?.type === 'DOCKER';
}
