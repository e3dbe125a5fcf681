import { interrupted } from '../../src/adapters/interrupted.ts';
import type { Clock } from '../../src/ports.ts';

export interface FakeClock extends Clock {
  /** Seconds since 1970 on every host. */
  seconds(): number;
  advance(ms: number): void;
}

const beginning = Date.parse('2026-03-02T22:00:00Z');

/** Time stands still until somebody sleeps; then it jumps. */
export function fakeClock(): FakeClock {
  let ms = 0;
  return {
    now: () => ms,
    date: () => new Date(beginning + ms).toISOString(),
    seconds: () => Math.floor((beginning + ms) / 1000),
    advance: (by) => {
      ms += by;
    },
    sleep: async (by, signal) => {
      if (signal?.aborted === true) throw interrupted('while waiting');
      ms += by;
      await Promise.resolve();
    },
  };
}
