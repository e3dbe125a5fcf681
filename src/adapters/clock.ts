import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../ports.ts';
import { shared } from './deadline.ts';
import { interrupted } from './interrupted.ts';

export function createClock(): Clock {
  return {
    now: () => performance.now(),
    date: () => new Date().toISOString(),
    sleep: async (ms, signal) => {
      try {
        await pause(ms, undefined, signal === undefined ? {} : { signal: shared(signal) });
      } catch {
        throw interrupted('while waiting');
      }
    },
  };
}
