import type { MomentName } from '../bound.ts';
import type { BoundResult, Judgement } from '../judgement.ts';
import type { Ms, ProbeName } from '../sample.ts';
import { gapsIn } from './gaps.ts';
import { expectedSights, type Sight } from './expected-sights.ts';
import type { View } from './view.ts';

/** The time for which the probes had to see. */
export interface Window {
  readonly begin: Ms;
  readonly end: Ms;
}

/** Probes that tell of a moment. Builds are watched by somebody else. */
const tellers: Readonly<Partial<Record<MomentName, readonly ProbeName[]>>> = {
  'zookeeper-leader': ['zookeeper', 'elected'],
  'mesos-leader': ['mesos', 'elected'],
  'marathon-leader': ['marathon', 'elected'],
  'first-write': ['write'],
  'agents-back': ['mesos-state'],
  'frameworks-back': ['mesos-state'],
  'services-back': ['jenkins', 'gateway', 'apps'],
  'all-synced': ['zookeeper-synced', 'zookeeper', 'mesos', 'marathon'],
};

/** From the fault until the last bound was kept, or had passed in vain, and the fault was healed. */
function windowOf(view: View, bounds: readonly BoundResult[]): Window | undefined {
  const { injectedAt, healedAt, recording } = view;
  if (injectedAt === undefined) return undefined;
  const latest = injectedAt + recording.plan.observeMs;
  const ends = bounds
    .filter(({ moment }) => tellers[moment] !== undefined)
    .map(({ from, tookMs, hardMs }) => {
      const base = from === 'healed' ? (healedAt ?? injectedAt) : injectedAt;
      return tookMs === undefined ? Math.min(base + hardMs, latest) : base + tookMs;
    });
  const end = [healedAt ?? injectedAt, ...ends].reduce((most, one) => (one > most ? one : most));
  return { begin: injectedAt, end };
}

/** No bound is tighter: a shorter gap, or one of a tenth of the bound, hides no verdict. */
const leastMs = 2000;

function longestAllowedGap(probe: ProbeName, bounds: readonly BoundResult[]): number {
  const soft = bounds
    .filter(({ moment }) => tellers[moment]?.includes(probe) === true)
    .map(({ softMs }) => (Number.isFinite(softMs) ? softMs : 0));
  return Math.max(leastMs, ...soft.map((ms) => ms / 10));
}

/** Why the observers could not see enough; empty if they could. */
export function blindness(view: View, bounds: readonly BoundResult[]): readonly string[] {
  const window = windowOf(view, bounds);
  if (window === undefined) return [];
  return expectedSights(view).flatMap((sight) => {
    const { longestGapMs } = gapsIn(sight.streams, window);
    const limitMs = longestAllowedGap(sight.probe, bounds);
    if (longestGapMs <= limitMs) return [];
    return [`${sight.title} saw nothing for ${seconds(longestGapMs)} s`];
  });
}

export function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

export function coverageOf(view: View, bounds: readonly BoundResult[]): Judgement['coverage'] {
  const window = windowOf(view, bounds);
  if (window === undefined) return [];
  const groups = new Map<string, Sight[]>();
  for (const stream of view.streams) {
    const { probe, from } = stream;
    const key = JSON.stringify([probe, from]);
    const sight = { probe, from, title: '', streams: [stream] };
    groups.set(key, [...(groups.get(key) ?? []), sight]);
  }
  return [...groups.values()].flatMap((sights) => rowOf(sights, window));
}

function rowOf(sights: readonly Sight[], window: Window): Judgement['coverage'] {
  const [first] = sights;
  if (first === undefined) return [];
  const rows = sights.map(({ streams }) => gapsIn(streams, window));
  const samples = rows.reduce((sum, one) => sum + one.samples, 0);
  const longestGapMs = rows.reduce((most, one) => Math.max(most, one.longestGapMs), 0);
  const lengthS = Math.max(window.end - window.begin, 1) / 1000;
  const perSecond = Number((samples / rows.length / lengthS).toFixed(1));
  return [{ probe: first.probe, from: first.from, samples, perSecond, longestGapMs }];
}
