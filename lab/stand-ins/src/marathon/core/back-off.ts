import type { App } from '../app/app-schema.ts';

interface Delay {
  readonly delayMs: number;
  readonly until: number;
}

/**
 * An app whose tasks end is launched again later and later: backoffSeconds × backoffFactor^n, at
 * most maxLaunchDelaySeconds (`RateLimiter.scala`, Marathon 1.10). A new configuration begins anew.
 */
export class BackOff {
  readonly #delays = new Map<string, Delay>();

  taskEnded(app: App, now: number): void {
    const before = this.#current(app, now);
    const delayMs =
      before === undefined
        ? app.backoffSeconds * 1000
        : Math.min(before.delayMs * app.backoffFactor, app.maxLaunchDelaySeconds * 1000);
    this.#delays.set(key(app), { delayMs, until: now + delayMs });
  }

  reset(app: App): void {
    this.#delays.delete(key(app));
  }

  remainingMs(app: App, now: number): number {
    return Math.max(0, (this.#current(app, now)?.until ?? 0) - now);
  }

  /** A delay that is long over does not count any more. */
  #current(app: App, now: number): Delay | undefined {
    const delay = this.#delays.get(key(app));
    const stale = delay !== undefined && delay.until + app.maxLaunchDelaySeconds * 1000 < now;
    return stale ? undefined : delay;
  }
}

function key(app: App): string {
  return `${app.id} ${app.versionInfo.lastConfigChangeAt}`;
}
