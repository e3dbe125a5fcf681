import { eachSeen, type Check, type Judged } from '../check.ts';
import { failing, passed, skipped, warning } from '../check-result.ts';
import { errorOf, middleOf, type ClockReading } from '../clock-reading.ts';
import { median } from '../majority.ts';
import type { Scene, Seen } from '../scene.ts';

/** Logs of a failover, where steps follow each other within seconds, are of no use beyond. */
const limitMs = 1000;

export const clockOffset: Check = {
  name: 'CLOCK_OFFSET',
  title: `its clock is within ${limitMs / 1000} s of the others`,
  why: 'Each clock is read once; the answer is as exact as the exchange was quick, which is the ± of the finding. It is compared with the median of all hosts, so that one wrong clock stands alone.',
  severity: 'fail',
  remedy:
    'A time service with the same source on all hosts (`chronyc makestep` sets the clock at once).',
  judge: eachSeen(judged),
};

function judged({ host }: Seen, { clocks }: Scene): Omit<Judged, 'host'> {
  const own = clocks.get(host.name);
  if (own === undefined) return skipped('the host did not tell', 'Run the check again.');
  const readings = [...clocks.values()];
  if (readings.length < 2) return skipped('one clock alone', 'Run it with two hosts or more.');
  const { offsetMs, errorMs } = fromMedian(own, readings);
  const told = `${signed(offsetMs)} ± ${shown(errorMs)} from the median of ${readings.length} hosts`;
  const remedy =
    'sudo chronyc makestep (or timedatectl set-ntp true), with the same time servers on all hosts.';
  if (Math.abs(offsetMs) - errorMs > limitMs) return failing(told, remedy);
  if (Math.abs(offsetMs) + errorMs <= limitMs) return passed(told);
  return warning(`${told}: too inexact to tell`, 'Run the check again when the network is quiet.');
}

/** The median is as exact as the reading that it comes from, at worst the least exact one. */
export function fromMedian(
  own: ClockReading,
  readings: readonly ClockReading[],
): { readonly offsetMs: number; readonly errorMs: number } {
  const center = median(readings.map(middleOf));
  const nearest = readings.toSorted(
    (one, other) => Math.abs(middleOf(one) - center) - Math.abs(middleOf(other) - center),
  );
  const used = nearest.slice(0, readings.length % 2 === 1 ? 1 : 2).map(errorOf);
  return { offsetMs: middleOf(own) - center, errorMs: errorOf(own) + Math.max(0, ...used) };
}

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${shown(Math.abs(ms))}`;
}

function shown(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
