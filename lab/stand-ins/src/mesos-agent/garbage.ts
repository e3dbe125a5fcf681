import { readdirSync, statSync, statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../shared/clock.ts';

export interface GarbageOptions {
  readonly clock: Clock;
  /** `--gc_delay`, `--gc_disk_headroom`, `--disk_watch_interval`. */
  readonly delayMs: number;
  readonly headroom: number;
  readonly watchMs: number;
  /** Share of the disk that is taken, 0 to 1. */
  readonly usage: () => number;
}

/**
 * Sandboxes of ended tasks go after a while, and sooner on a full disk: the age that is allowed is
 * `gc_delay × max(0, 1 − gc_disk_headroom − usage)` (src/slave/gc.cpp and slave.cpp, 1.11).
 */
export class Garbage {
  readonly #options: GarbageOptions;
  readonly #since = new Map<string, number>();
  succeeded = 0;
  failed = 0;

  constructor(options: GarbageOptions) {
    this.#options = options;
    options.clock.every(options.watchMs, () => void this.#collect());
  }

  get pending(): number {
    return this.#since.size;
  }

  /** `sinceMs`: when nothing changed in it any more; now, if not given. */
  add(sandbox: string, sinceMs = this.#options.clock.now()): void {
    this.#since.set(sandbox, sinceMs);
  }

  async #collect(): Promise<void> {
    const { clock, delayMs, headroom, usage } = this.#options;
    const oldestMs = delayMs * Math.max(0, 1 - headroom - usage());
    const due = [...this.#since].filter(([, since]) => clock.now() - since >= oldestMs);
    await Promise.all(due.map(([sandbox]) => this.#remove(sandbox)));
  }

  async #remove(sandbox: string): Promise<void> {
    this.#since.delete(sandbox);
    try {
      await rm(sandbox, { recursive: true, force: true });
      await this.#removeEmptied(dirname(sandbox));
      this.succeeded += 1;
    } catch {
      this.failed += 1;
    }
  }

  /** `executors/NAME` goes with its last run. */
  async #removeEmptied(runs: string): Promise<void> {
    const left = readdirSync(runs).filter((name) => name !== 'latest');
    if (left.length === 0) await rm(dirname(runs), { recursive: true });
  }
}

/** Share of the file system that holds a folder. */
export function diskUsage(folder: string): number {
  const { blocks, bavail } = statfsSync(folder);
  return blocks === 0 ? 0 : 1 - bavail / blocks;
}

/** Sandboxes that an earlier life of the agent left behind, with the time of their last change. */
export function leftSandboxes(workDir: string, live: ReadonlySet<string>): [string, number][] {
  return below([join(workDir, 'slaves')], ['*', 'frameworks', '*', 'executors', '*', 'runs', '*'])
    .filter((path) => !live.has(path))
    .map((path) => [path, statSync(path).mtimeMs]);
}

function below(folders: readonly string[], [step, ...rest]: readonly string[]): string[] {
  if (step === undefined) return [...folders];
  const next = folders.flatMap((folder) =>
    step === '*' ? subfolders(folder) : [join(folder, step)],
  );
  return below(next, rest);
}

/** Links, as `latest` is one, do not count. */
function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
