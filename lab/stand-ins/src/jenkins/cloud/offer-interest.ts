import type { Clock } from '../../shared/clock.ts';
import type { FrameworkInfo } from '../../shared/mesos.ts';
import type { SchedulerMessage } from '../../shared/scheduler-wire.ts';
import type { JenkinsLog } from '../cloud.ts';

export interface InterestOptions {
  readonly framework: FrameworkInfo;
  readonly role: string;
  readonly send: (message: SchedulerMessage) => void;
  readonly clock: Clock;
  readonly log: JenkinsLog;
}

const logger = 'com.mesosphere.usi.core.revive.SuppressReviveHandler';
/** `usi.scheduler.revive.debounce-revive-interval` of USI. */
const debounceMs = 5000;

/**
 * Tells Mesos whether offers are wanted, at most every 5 s: UPDATE_FRAMEWORK with the role suppressed when
 * nothing is to be launched (as after each connecting), REVIVE for every launch that is new.
 */
export class OfferInterest {
  readonly #options: InterestOptions;
  #wanted: ReadonlySet<string> = new Set();
  /** Undefined: nothing was said over this connection yet. */
  #told: ReadonlySet<string> | undefined;
  #cancelPause: (() => void) | undefined;
  #changed = false;

  constructor(options: InterestOptions) {
    this.#options = options;
    this.#tell();
  }

  /** Names of what is to be launched. */
  want(names: Iterable<string>): void {
    this.#wanted = new Set(names);
    if (this.#cancelPause === undefined) this.#tell();
    else this.#changed = true;
  }

  stop(): void {
    this.#cancelPause?.();
    this.#changed = false;
  }

  #tell(): void {
    const before = this.#told;
    const now = this.#wanted;
    const { role, framework, send, log } = this.#options;
    this.#pause();
    this.#told = now;
    if (before === undefined || (before.size > 0 && now.size === 0)) {
      const suppressed = now.size === 0 ? [role] : [];
      log('INFO', logger, `Newly suppress roles ${suppressed.join(', ')}, newly revived roles `);
      send({
        type: 'UPDATE_FRAMEWORK',
        update_framework: { framework_info: framework, suppressed_roles: suppressed },
      });
    }
    if ([...now].every((name) => before?.has(name) === true)) return;
    log('INFO', logger, `Reviving ${role}`);
    send({ type: 'REVIVE', revive: { roles: [role] } });
  }

  #pause(): void {
    this.#changed = false;
    this.#cancelPause = this.#options.clock.after(debounceMs, () => {
      this.#cancelPause = undefined;
      if (this.#changed) this.#tell();
    });
  }
}
