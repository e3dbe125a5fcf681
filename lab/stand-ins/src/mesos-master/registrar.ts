import { sleep, type Clock } from '../shared/clock.ts';
import type { MasterInfo } from '../shared/mesos.ts';
import { formatDuration } from '../shared/quantities.ts';
import { emptyRegistry, type Registry } from './registry.ts';
import { Timing } from './timing.ts';
import type { ReplicatedLog } from './replicated-log.ts';

/** What survives a leader: who belongs to the cluster. */
export interface Registrar {
  readonly registry: Registry;
  /** Resolves when a quorum of masters has the change; a leader that cannot store it does not live on. */
  readonly update: (change: (registry: Registry) => Registry) => Promise<void>;
}

export interface LogRegistrarOptions {
  readonly log: ReplicatedLog;
  readonly clock: Clock;
  readonly fetchTimeoutMs: number;
  readonly storeTimeoutMs: number;
  /** The process must end: `Failed to perform store within 20secs`. */
  readonly onStoreTimeout: () => void;
}

const retryMs = 500;

export class LogRegistrar implements Registrar {
  readonly #options: LogRegistrarOptions;
  #registry = emptyRegistry;
  #queue: Promise<void> = Promise.resolve();
  queuedOperations = 0;
  fetchMs = 0;
  readonly storeTime = new Timing();

  constructor(options: LogRegistrarOptions) {
    this.#options = options;
  }

  get registry(): Registry {
    return this.#registry;
  }

  /** `1mins`, for messages. */
  get fetchTimeout(): string {
    return formatDuration(this.#options.fetchTimeoutMs);
  }

  /** Whether the registry could be read (and this leader's name be written into it) in time. */
  async recover(info: MasterInfo): Promise<boolean> {
    const { clock, fetchTimeoutMs, log } = this.#options;
    const start = clock.now();
    for (;;) {
      const opened = log.recovered ? await log.open() : undefined;
      if (opened !== undefined) {
        const value = opened.value;
        const old = value === undefined ? {} : (JSON.parse(value) as Partial<Registry>);
        this.fetchMs = clock.now() - start;
        await this.update(() => ({ ...emptyRegistry, ...old, master: info }));
        return true;
      }
      if (clock.now() - start >= fetchTimeoutMs) return false;
      await sleep(clock, retryMs);
    }
  }

  update(change: (registry: Registry) => Registry): Promise<void> {
    this.queuedOperations += 1;
    const done = this.#queue.then(async () => {
      const next = change(this.#registry);
      await this.#store(JSON.stringify(next));
      this.#registry = next;
      this.queuedOperations -= 1;
    });
    this.#queue = done;
    return done;
  }

  async #store(value: string): Promise<void> {
    const { clock, log, storeTimeoutMs, onStoreTimeout } = this.#options;
    const start = clock.now();
    while (!(await log.append(value))) {
      if (clock.now() - start >= storeTimeoutMs) {
        onStoreTimeout();
        return;
      }
      await sleep(clock, retryMs);
    }
    this.storeTime.add(clock.now() - start);
  }
}

/** `--registry=in_memory`: forgets everything with the process. */
export class MemoryRegistrar implements Registrar {
  registry = emptyRegistry;

  update(change: (registry: Registry) => Registry): Promise<void> {
    // At once, so that a master with a registry in memory leads in the moment it is elected.
    this.registry = change(this.registry);
    return Promise.resolve();
  }
}
