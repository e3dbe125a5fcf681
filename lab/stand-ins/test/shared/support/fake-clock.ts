import type { Clock } from '../../../src/shared/clock.ts';

interface Timer {
  at: number;
  readonly everyMs: number | undefined;
  readonly callback: () => void;
}

export interface FakeClock extends Clock {
  /** Jumps, calling back what is due in the right order, and lets promises settle in between. */
  readonly advance: (ms: number) => Promise<void>;
}

export function fakeClock(startMs = 1_795_364_000_000): FakeClock {
  let now = startMs;
  const timers = new Set<Timer>();
  const add = (ms: number, everyMs: number | undefined, callback: () => void) => {
    const timer = { at: now + ms, everyMs, callback };
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  };
  const next = (until: number) =>
    [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    after: (ms, callback) => add(ms, undefined, callback),
    every: (ms, callback) => add(ms, ms, callback),
    advance: async (ms) => {
      const until = now + ms;
      await settle();
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        now = timer.at;
        if (timer.everyMs === undefined) timers.delete(timer);
        else timer.at += timer.everyMs;
        timer.callback();
        await settle();
      }
      now = until;
    },
  };
}

/** Enough turns for chains of a few awaits. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
