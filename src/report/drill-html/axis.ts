import { scaleLinear } from 'd3-scale';
import type { JudgedDrill } from '../../drill/record/judged.ts';
import type { Ms } from '../../drill/sample.ts';

/** From milliseconds of a drill to places in the drawing. */
export interface Axis {
  readonly left: number;
  readonly right: number;
  /** Where time is counted from: the fault, or the begin if there was none. */
  readonly zero: Ms;
  readonly from: Ms;
  readonly to: Ms;
  /** At the edge for what lies beyond it. */
  readonly x: (ms: Ms) => number;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
}

export function timeAxis(drill: JudgedDrill, { left, right }: Pick<Axis, 'left' | 'right'>): Axis {
  const span = spanOf(drill);
  const { zero, from, to } = span;
  const scale = scaleLinear()
    .domain([from - zero, to - zero])
    .range([left, right])
    .clamp(true);
  const x = (ms: Ms) => Math.round(scale(ms - zero) * 10) / 10;
  const seconds = scaleLinear().domain([(from - zero) / 1000, (to - zero) / 1000]);
  const ticks = seconds
    .ticks(10)
    .map((second) => ({ x: x(zero + second * 1000), label: `${second} s` }));
  return { ...{ left, right }, ...span, x, ticks };
}

/** A little of what was before the fault, and all until the last moment. */
function spanOf({ recording, judgement }: JudgedDrill): Pick<Axis, 'zero' | 'from' | 'to'> {
  const { samples, injectedAt, healedAt, builds } = recording;
  const first = samples[0]?.at ?? 0;
  const zero = injectedAt ?? first;
  const last = samples.reduce((end, { at, same }) => Math.max(end, same?.until ?? at), first);
  const ends = [
    ...judgement.timeline.map(({ at }) => at),
    ...[healedAt, ...builds.map(({ endedAt }) => endedAt)],
  ].filter((at) => at !== undefined);
  const lastMoment = Math.max(zero, ...ends);
  const to = lastMoment > zero ? lastMoment + (lastMoment - zero) * 0.04 : last;
  const before = Math.max(3000, (to - zero) * 0.12);
  return {
    zero,
    from: Math.max(Math.min(first, zero), zero - before),
    to: Math.max(to, zero + 1000),
  };
}
