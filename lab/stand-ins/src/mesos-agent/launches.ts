import type { Clock } from '../shared/clock.ts';
import type { Executor } from './executor.ts';
import type { Prepare } from './preparation.ts';
import { launchFailed, reportsOf, type ReportParts } from './reports.ts';
import type { TaskRun } from './task-run.ts';

export interface LaunchOptions {
  readonly clock: Clock;
  readonly prepare: Prepare;
  /** `--executor_registration_timeout`, with the text it was given in: it bounds the image pull too. */
  readonly registrationTimeout: { readonly ms: number; readonly text: string };
}

/** Tasks between their arrival and the start of their container. */
export class Launches {
  readonly #options: LaunchOptions;
  readonly #parts: ReportParts;
  readonly #underWay = new Map<TaskRun, AbortController>();

  constructor(options: LaunchOptions, parts: ReportParts) {
    this.#options = options;
    this.#parts = parts;
  }

  async start(run: TaskRun, executor: Executor): Promise<void> {
    const launch = new AbortController();
    const { signal } = launch;
    this.#underWay.set(run, launch);
    const stopTimer = this.#limit(run);
    try {
      await this.#options.prepare(run, signal);
      if (!signal.aborted) await executor.launch(run, reportsOf(this.#parts, run), signal);
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault);
      if (!signal.aborted) launchFailed(this.#parts, run, `Failed to launch container: ${why}`);
    } finally {
      stopTimer();
      this.#underWay.delete(run);
    }
  }

  abort(run: TaskRun): void {
    this.#underWay.get(run)?.abort();
  }

  #limit(run: TaskRun): () => void {
    const { clock, registrationTimeout } = this.#options;
    return clock.after(registrationTimeout.ms, () => {
      if (run.state !== 'TASK_STAGING') return;
      this.abort(run);
      this.#parts.updates.add(run, {
        state: 'TASK_FAILED',
        source: 'SOURCE_AGENT',
        reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
        message: `Executor did not register within ${registrationTimeout.text}`,
      });
    });
  }
}
