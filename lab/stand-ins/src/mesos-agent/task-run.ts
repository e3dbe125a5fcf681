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
  killGraceMs?: number;
  /** Killed because its health check failed too often. */
  unhealthy?: boolean;
  /** Of a command without container. */
  pid?: number;
  /** Once it runs: the agent's own on the host's network. */
  ipAddress?: string;
  /** How much of the sandbox' `stderr` is the fetcher's; what the task says comes after it. */
  fetcherLogBytes?: number;
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

/** There is a process that can be signalled. */
export function isUp(run: TaskRun): boolean {
  return run.ipAddress !== undefined;
}

/** Each framework once. */
export function frameworksOf(runs: Iterable<TaskRun>): FrameworkInfo[] {
  const infos = [...runs].map(({ framework }) => framework);
  return [...new Map(infos.map((info) => [info.id?.value, info])).values()];
}
