import { readFileSync } from 'node:fs';
import type { TaskRun } from './task-run.ts';

/** Whose files and processes a task's are. */
export interface TaskUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** `undefined`: as the agent itself. */
export type UserOf = (run: TaskRun) => TaskUser | undefined;

/**
 * With `--switch_user` the user of the command, else that of the framework; it must exist where the agent runs.
 * An agent that is not root cannot switch, and does not try.
 */
export function taskUsers(options: {
  readonly switchUser: boolean;
  readonly isRoot: boolean;
  readonly passwdFile?: string;
}): UserOf {
  const { switchUser, isRoot, passwdFile = '/etc/passwd' } = options;
  return ({ framework, task }) => {
    const name = task.command?.user ?? (switchUser ? framework.user : undefined);
    if (name === undefined || name === '' || !isRoot) return undefined;
    return findUser(name, readFileSync(passwdFile, 'utf8'));
  };
}

function findUser(name: string, passwd: string): TaskUser {
  const line = passwd.split('\n').find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`No such user '${name}'`);
  return { name, uid: Number(uid), gid: Number(gid) };
}
