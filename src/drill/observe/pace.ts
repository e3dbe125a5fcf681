import { ClusterError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import type { Ms, Sample } from '../sample.ts';
import { inOrder, type InOrder } from './in-order.ts';
import type { Probe } from './probe.ts';

export interface Pacing {
  readonly clock: Clock;
  /** When the drill began, by that clock. */
  readonly begin: Ms;
  readonly signal: AbortSignal;
  readonly write: (sample: Sample) => void;
}

interface Lane {
  readonly probe: Probe;
  readonly order: InOrder;
  next: Ms;
  underWay: number;
}

/** Sends each probe at its fixed times until the signal; slow answers thin nobody's samples. */
export async function pace(probes: readonly Probe[], pacing: Pacing): Promise<void> {
  const { clock, signal } = pacing;
  const start = clock.now();
  // Spread over the period: all at the same moment would wait for each other.
  const lanes = probes.map((probe, index): Lane => {
    const next = start + (probe.everyMs * index) / probes.length;
    return { probe, order: inOrder('operator', pacing.write), next, underWay: 0 };
  });
  while (!signal.aborted && lanes.length > 0) {
    lanes.forEach((lane) => {
      sendDue(lane, pacing);
    });
    const soonest = lanes.reduce((least, { next }) => Math.min(least, next), Infinity);
    await pauseUntil(soonest, pacing);
  }
}

async function pauseUntil(time: Ms, { clock, signal }: Pacing): Promise<void> {
  try {
    await clock.sleep(Math.max(1, time - clock.now()), signal);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code !== 'INTERRUPTED') throw error;
  }
}

/** What was due while this program was busy itself is written down as left out. */
function sendDue(lane: Lane, { clock, begin }: Pacing): void {
  const { probe, order } = lane;
  const now = clock.now();
  for (; lane.next + probe.everyMs <= now; lane.next += probe.everyMs) {
    order.open(lane.next - begin)(0, probe.blind('skipped'));
  }
  if (lane.next > now) return;
  lane.next += probe.everyMs;
  const settle = order.open(now - begin);
  if (lane.underWay >= probe.most) {
    settle(0, probe.blind('skipped'));
    return;
  }
  lane.underWay += 1;
  void probe.look().then((seen) => {
    lane.underWay -= 1;
    settle(clock.now() - now, seen);
  });
}
