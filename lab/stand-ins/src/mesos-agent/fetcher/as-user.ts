import { spawn } from 'node:child_process';
import type { TaskUser } from '../task-user.ts';

export interface Errand {
  readonly argv: readonly [string, ...string[]];
  readonly user: TaskUser | undefined;
  readonly signal: AbortSignal;
}

/** Runs a program with the rights of the task's user; rejects with what it said when it fails. */
export function runAsUser({ argv: [file, ...args], user, signal }: Errand): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${file} exited with status ${code ?? 'unknown'}: ${words.trim()}`));
    });
  });
}
