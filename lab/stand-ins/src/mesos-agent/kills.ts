import type { Clock } from '../shared/clock.ts';
import type { TaskRun } from './task-run.ts';

type Signal = (run: TaskRun, signal: 'SIGTERM' | 'SIGKILL') => void;

interface Deadline {
  readonly atMs: number;
  readonly cancel: () => void;
}

/** SIGTERM, and SIGKILL when the grace is over. */
export class Kills {
  readonly #clock: Clock;
  readonly #signal: Signal;
  readonly #deadlines = new Map<TaskRun, Deadline>();

  constructor(clock: Clock, signal: Signal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Of a task that is being killed already only the deadline moves, and only forward. */
  begin(run: TaskRun, graceMs: number): void {
    const before = this.#deadlines.get(run);
    const atMs = this.#clock.now() + graceMs;
    if (before === undefined) this.#signal(run, 'SIGTERM');
    else if (before.atMs <= atMs) return;
    before?.cancel();
    const cancel = this.#clock.after(graceMs, () => {
      this.#signal(run, 'SIGKILL');
    });
    this.#deadlines.set(run, { atMs, cancel });
  }

  ended(run: TaskRun): void {
    this.#deadlines.get(run)?.cancel();
    this.#deadlines.delete(run);
  }
}
