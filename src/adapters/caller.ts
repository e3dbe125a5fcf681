import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import process from 'node:process';
import type { Caller } from '../ports.ts';
import { codeOf } from './files.ts';

/** Who started this process. */
export function createCaller(args: readonly string[], version: string): Caller {
  return {
    owner: `${userName()}@${hostname()}`,
    version,
    args,
    folder: process.cwd(),
    process: markOf(process.pid) ?? `${hostname()}:${process.pid}:`,
    isRunning,
  };
}

function isRunning(mark: string): boolean | undefined {
  const [machine, pid] = mark.split(':');
  if (machine !== hostname()) return undefined;
  return markOf(Number(pid)) === mark;
}

/** With the time of its start: process ids are used again. Undefined where no such process runs. */
function markOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    // That of another user runs, though we may not signal it.
    if (codeOf(cause) !== 'EPERM') return undefined;
  }
  return `${hostname()}:${pid}:${startOf(pid)}`;
}

/** In clock ticks since boot, proc(5) field 22; the name of the program before it may hold blanks. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** A user id without an account has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
