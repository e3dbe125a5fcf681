import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../shared/clock.ts';
import { createLog, type Log } from '../shared/log.ts';
import { fetchAll } from './fetcher/fetcher.ts';
import { createSandbox } from './sandbox.ts';
import type { TaskRun } from './task-run.ts';
import type { TaskUser, UserOf } from './task-user.ts';

/** What comes before any container: the sandbox and what is to be in it. Rejects with the words for the status. */
export type Prepare = (run: TaskRun, signal: AbortSignal) => Promise<void>;

export interface PreparationOptions {
  readonly clock: Clock;
  readonly userOf: UserOf;
  /** `--fetcher_stall_timeout`. */
  readonly stallMs: number;
  readonly counts: FetchCounts;
}

/** `containerizer/fetcher/task_fetches_*` of the metrics. */
export interface FetchCounts {
  succeeded: number;
  failed: number;
}

export function preparation(options: PreparationOptions): Prepare {
  return async (run, signal) => {
    const user = ownerOf(run, options.userOf);
    createSandbox(run.sandbox, user);
    const uris = run.task.command?.uris ?? [];
    if (uris.length === 0) return;
    const { containerId, sandbox } = run;
    const log = sandboxLog(run, options.clock);
    try {
      await fetchAll({ containerId, sandbox, uris, user, stallMs: options.stallMs, signal, log });
      options.counts.succeeded += 1;
    } catch (fault) {
      options.counts.failed += 1;
      throw fault;
    }
    run.fetcherLogBytes = statSync(join(sandbox, 'stderr')).size;
  };
}

function ownerOf(run: TaskRun, userOf: UserOf): TaskUser | undefined {
  try {
    return userOf(run);
  } catch (fault) {
    const name = run.task.command?.user ?? run.framework.user;
    throw new Error(
      `Failed to chown directory to '${name}': ${fault instanceof Error ? fault.message : ''}`,
    );
  }
}

function sandboxLog(run: TaskRun, clock: Clock): Log {
  return createLog({
    write: (line) => {
      appendFileSync(join(run.sandbox, 'stderr'), line);
    },
    now: () => new Date(clock.now()),
    pid: process.pid,
  });
}
