import type { Clock } from '../ports.ts';

/**
 * What a host's clock said, as milliseconds that it is ahead of this machine's: somewhere between the
 * bounds. The host looked at its clock after it was asked and before the answer came back.
 */
export interface ClockReading {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Bounds of one exchange; `sentMs` and `receivedMs` are on one clock that never jumps. */
export function clockReading(
  hostSeconds: string,
  { sentMs, receivedMs }: { readonly sentMs: number; readonly receivedMs: number },
): ClockReading | undefined {
  if (!/^\d+(\.\d+)?$/.test(hostSeconds)) return undefined;
  const hostMs = Number(hostSeconds) * 1000;
  // Without fractions (busybox) the clock is up to a second further than it says.
  const graceMs = hostSeconds.includes('.') ? 0 : 1000;
  return { leastMs: hostMs - receivedMs, mostMs: hostMs + graceMs - sentMs };
}

export function middleOf({ leastMs, mostMs }: ClockReading): number {
  return (leastMs + mostMs) / 2;
}

export function errorOf({ leastMs, mostMs }: ClockReading): number {
  return (mostMs - leastMs) / 2;
}

/** Notes when the line of the clock came in. */
export function clockWatch(clock: Clock) {
  const sentMs = clock.now();
  const seen: { reading?: ClockReading | undefined } = {};
  return {
    seen,
    onLine: (line: string) => {
      const [key, value = ''] = line.split('\t');
      if (key !== 'clock' || seen.reading !== undefined) return;
      seen.reading = clockReading(value, { sentMs, receivedMs: clock.now() });
    },
  };
}
