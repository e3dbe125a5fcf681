import { randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { isTerminal, seconds, type TaskState, type TaskStatus } from '../shared/mesos.ts';
import { taskIdOf, type TaskRun } from './task-run.ts';

export interface UpdateOptions {
  readonly clock: Clock;
  readonly agentId: () => string;
  readonly send: (run: TaskRun, status: TaskStatus) => void;
  /** The last word on a new status. */
  readonly mark: (news: NewStatus) => NewStatus;
  /** Something of the run that must survive a restart has changed. */
  readonly onChange: (run: TaskRun) => void;
  /** Its end was acknowledged: nothing more is due. */
  readonly onDone: (run: TaskRun) => void;
}

export interface NewStatus {
  readonly state: TaskState;
  readonly source: 'SOURCE_EXECUTOR' | 'SOURCE_AGENT';
  readonly message?: string;
  readonly reason?: string;
  readonly data?: string;
  readonly ipAddress?: string;
  readonly executorPid?: number;
  readonly healthy?: boolean;
}

/** Repeated after 10, 20, 40 s … (STATUS_UPDATE_RETRY_INTERVAL_MIN and _MAX of Mesos 1.11, observed with 1.12.0). */
const firstRetryMs = 10_000;
const longestRetryMs = 600_000;

/**
 * Status updates on their way to the framework: one at a time for each task, again and again until it is
 * acknowledged. RUNNING thus waits for the acknowledgement of STARTING.
 */
export class Updates {
  readonly #options: UpdateOptions;
  readonly #cancelRetry = new Map<TaskRun, () => void>();

  constructor(options: UpdateOptions) {
    this.#options = options;
  }

  add(run: TaskRun, wanted: NewStatus): void {
    if (isTerminal(run.state)) return;
    const news = this.#options.mark(wanted);
    const status = this.#status(run, news);
    run.state = news.state;
    run.statuses.push(status);
    run.pending.push(status);
    this.#options.onChange(run);
    if (run.pending.length === 1) this.#send(run, firstRetryMs);
  }

  acknowledge(run: TaskRun, uuid: string): void {
    const [underWay] = run.pending;
    if (underWay?.uuid !== uuid) return;
    this.#stopRetry(run);
    run.pending.shift();
    this.#options.onChange(run);
    if (run.pending.length > 0) this.#send(run, firstRetryMs);
    else if (isTerminal(underWay.state)) this.#options.onDone(run);
  }

  /** At once, counting from the start again: after (re-)registration, or when a framework came back. */
  resend(run: TaskRun): void {
    this.#stopRetry(run);
    if (run.pending.length > 0) this.#send(run, firstRetryMs);
  }

  forget(run: TaskRun): void {
    this.#stopRetry(run);
    run.pending.length = 0;
  }

  #send(run: TaskRun, retryMs: number): void {
    const [underWay] = run.pending;
    if (underWay === undefined) return;
    this.#options.send(run, underWay);
    const cancel = this.#options.clock.after(retryMs, () => {
      this.#send(run, Math.min(retryMs * 2, longestRetryMs));
    });
    this.#cancelRetry.set(run, cancel);
  }

  #stopRetry(run: TaskRun): void {
    this.#cancelRetry.get(run)?.();
    this.#cancelRetry.delete(run);
  }

  #status(run: TaskRun, news: NewStatus): TaskStatus {
    return {
      task_id: { value: taskIdOf(run) },
      state: news.state,
      ...(news.message === undefined ? {} : { message: news.message }),
      source: news.source,
      ...(news.reason === undefined ? {} : { reason: news.reason }),
      ...(news.data === undefined ? {} : { data: news.data }),
      ...(news.healthy === undefined ? {} : { healthy: news.healthy }),
      agent_id: { value: this.#options.agentId() },
      executor_id: { value: taskIdOf(run) },
      timestamp: seconds(this.#options.clock.now()),
      uuid: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64'),
      ...(news.source === 'SOURCE_AGENT' ? {} : { container_status: containerStatus(run, news) }),
    };
  }
}

function containerStatus(
  run: TaskRun,
  news: NewStatus,
): NonNullable<TaskStatus['container_status']> {
  const before = run.statuses.at(-1)?.container_status?.network_infos;
  const infos =
    news.ipAddress === undefined
      ? before
      : [{ ip_addresses: [{ protocol: 'IPv4' as const, ip_address: news.ipAddress }] }];
  return {
    container_id: { value: run.containerId },
    ...(infos === undefined ? {} : { network_infos: infos }),
    ...(news.executorPid === undefined ? {} : { executor_pid: news.executorPid }),
  };
}
