import type { Clock } from '../../shared/clock.ts';
import type { HealthCheck } from '../../shared/mesos.ts';
import type { TaskRun } from '../task-run.ts';

/** `undefined`: healthy; otherwise what went wrong. */
export type HealthProbe = (run: TaskRun, check: HealthCheck) => Promise<string | undefined>;

export interface HealthChecksOptions {
  readonly clock: Clock;
  readonly probe: HealthProbe;
  readonly onVerdict: (run: TaskRun, healthy: boolean) => void;
  /** So many failures in a row that the task has to go. */
  readonly onHopeless: (run: TaskRun) => void;
}

interface Watch {
  readonly check: HealthCheck;
  readonly startMs: number;
  initializing: boolean;
  failures: number;
  cancel: () => void;
}

/** Defaults of HealthCheck in mesos.proto (1.11), in seconds. */
const defaults = { delay: 15, interval: 10, grace: 10, failures: 3 } as const;

/** The rules of src/checks/health_checker.cpp (1.11), which every executor follows. */
export class HealthChecks {
  readonly #options: HealthChecksOptions;
  readonly #watches = new Map<TaskRun, Watch>();

  constructor(options: HealthChecksOptions) {
    this.#options = options;
  }

  start(run: TaskRun): void {
    const check = run.task.health_check;
    if (check === undefined || this.#watches.has(run)) return;
    const startMs = this.#options.clock.now();
    const watch = {
      check,
      startMs,
      initializing: true,
      failures: 0,
      cancel: () => undefined,
    };
    this.#watches.set(run, watch);
    this.#next(run, watch, check.delay_seconds ?? defaults.delay);
  }

  stop(run: TaskRun): void {
    this.#watches.get(run)?.cancel();
    this.#watches.delete(run);
  }

  #next(run: TaskRun, watch: Watch, seconds: number): void {
    watch.cancel = this.#options.clock.after(seconds * 1000, () => void this.#ask(run, watch));
  }

  async #ask(run: TaskRun, watch: Watch): Promise<void> {
    const fault = await this.#options.probe(run, watch.check);
    if (this.#watches.get(run) !== watch || run.killed) return;
    this.#next(run, watch, watch.check.interval_seconds ?? defaults.interval);
    if (fault === undefined) this.#passed(run, watch);
    else this.#failed(run, watch);
  }

  /** Told at the first success, and at the first one after failures. */
  #passed(run: TaskRun, watch: Watch): void {
    const isNews = watch.initializing || watch.failures > 0;
    watch.initializing = false;
    watch.failures = 0;
    if (isNews) this.#options.onVerdict(run, true);
  }

  #failed(run: TaskRun, watch: Watch): void {
    const graceMs = (watch.check.grace_period_seconds ?? defaults.grace) * 1000;
    if (watch.initializing && this.#options.clock.now() - watch.startMs <= graceMs) return;
    watch.failures += 1;
    this.#options.onVerdict(run, false);
    const most = watch.check.consecutive_failures ?? defaults.failures;
    if (watch.failures >= most) this.#options.onHopeless(run);
  }
}
