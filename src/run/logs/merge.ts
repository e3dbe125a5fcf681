import type { Clock } from '../../ports.ts';
import { byTime, type LogLine } from './log-line.ts';

/** Lines of a moment that are in order among themselves when they are shown. */
export interface Merge {
  add(line: LogLine): void;
  /** Shows what is still held. */
  flush(): void;
}

/** How long a line waits for older ones of other hosts. */
const windowMs = 250;
/** Held at most; more are shown at once. */
const mostHeld = 10_000;

export function createMerge(clock: Clock, show: (line: LogLine) => void): Merge {
  let held: LogLine[] = [];
  let isWaiting = false;
  const flush = (): void => {
    const lines = held.toSorted(byTime);
    held = [];
    lines.forEach(show);
  };
  const wait = async (): Promise<void> => {
    isWaiting = true;
    await clock.sleep(windowMs);
    isWaiting = false;
    flush();
  };
  return {
    flush,
    add: (line) => {
      held.push(line);
      if (held.length >= mostHeld) flush();
      else if (!isWaiting) void wait();
    },
  };
}
