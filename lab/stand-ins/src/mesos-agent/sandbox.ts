import { chmodSync, chownSync, closeSync, mkdirSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FrameworkInfo, TaskInfo } from '../shared/mesos.ts';
import type { TaskUser } from './task-user.ts';

export interface Place {
  readonly workDir: string;
  readonly agentId: string;
  readonly framework: FrameworkInfo;
  readonly task: TaskInfo;
  readonly containerId: string;
}

/** Where the real agent has it, so that disk use can be counted task by task. */
export function sandboxPath({ workDir, agentId, framework, task, containerId }: Place): string {
  const executors = join(workDir, 'slaves', agentId, 'frameworks', framework.id?.value ?? '');
  return join(executors, 'executors', task.task_id.value, 'runs', containerId);
}

/** As `createSandboxDirectory` of src/slave/paths.cpp (1.11): others must not look into a task's data. */
const sandboxMode = 0o750;

/** The folder of one run, beside the link `latest`, with empty `stdout` and `stderr`. */
export function createSandbox(path: string, user: TaskUser | undefined): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, sandboxMode);
  for (const name of ['stdout', 'stderr']) closeSync(openSync(join(path, name), 'a'));
  for (const one of [path, join(path, 'stdout'), join(path, 'stderr')]) give(one, user);
  const latest = join(dirname(path), 'latest');
  rmSync(latest, { force: true });
  symlinkSync(path, latest);
}

export function give(path: string, user: TaskUser | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}
