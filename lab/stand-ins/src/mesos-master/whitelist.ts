import { readFileSync } from 'node:fs';
import type { Clock } from '../shared/clock.ts';

/** WHITELIST_WATCH_INTERVAL in src/master/constants.hpp (1.11). */
const rereadMs = 5000;

/** Host names of agents that may be offered, one a line; without a file all may. */
export function whitelist(path: string | undefined, clock: Clock): (hostname: string) => boolean {
  if (path === undefined) return () => true;
  let listed: ReadonlySet<string> = new Set();
  let readMs = -Infinity;
  return (hostname) => {
    if (clock.now() - readMs >= rereadMs) {
      listed = linesOf(path) ?? listed;
      readMs = clock.now();
    }
    return listed.has(hostname);
  };
}

function linesOf(path: string): ReadonlySet<string> | undefined {
  try {
    return new Set(
      readFileSync(path, 'utf8')
        .split('\n')
        .map((line) => line.trim()),
    );
  } catch {
    return undefined;
  }
}
