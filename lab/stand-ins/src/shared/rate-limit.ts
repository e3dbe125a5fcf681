import { sleep, type Clock } from './clock.ts';

/**
 * libprocess lets 2 requests per second through to `/metrics/snapshot`, shared by all callers; the others wait
 * their turn, none is refused (observed with 1.12.0: eight at once took up to 3.8 s).
 */
export function rateLimit(clock: Clock, spacingMs: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = clock.now();
    const turn = Math.max(now, next);
    next = turn + spacingMs;
    if (turn > now) await sleep(clock, turn - now);
  };
}

/** Spacing by `LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT` (`10/1secs`), or of the default `2/1secs`. */
export function metricsSpacingMs(
  env: Readonly<Record<string, string | undefined>>,
  durationMs: (text: string) => number,
): number {
  const limit = env['LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT'] ?? '2/1secs';
  const [permits = '2', per = '1secs'] = limit.split('/');
  return durationMs(per) / Number(permits);
}
