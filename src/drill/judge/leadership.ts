import type { LeaderKind } from '../drill-plan.ts';
import type { Invariant } from '../judgement.ts';
import { claimsOf, longestOverlap, newLeaders } from './claims.ts';
import type { View } from './view.ts';

const titles: Readonly<Record<LeaderKind, string>> = {
  zookeeper: 'ZooKeeper',
  mesos: 'Mesos',
  marathon: 'Marathon',
};
export const leaderKinds = Object.keys(titles) as readonly LeaderKind[];

export function titleOf(kind: LeaderKind): string {
  return titles[kind];
}

/** Two may say so for a moment: one that was frozen believes it until it hears that its session ended. */
export function oneLeader(view: View, kind: LeaderKind): Invariant {
  const name = `one ${titles[kind]} leader at a time`;
  const { overlapMs } = view.recording.plan.expects;
  const allowedMs = Number.isFinite(overlapMs) ? overlapMs : 0;
  if (claimsOf(view, kind).length === 0) {
    return { name, holds: undefined, detail: 'nobody was seen to lead' };
  }
  const worst = longestOverlap(view, kind);
  const allowed = `${Math.round(allowedMs)} ms are allowed`;
  if (worst === undefined) return { name, holds: true, detail: `no overlap; ${allowed}` };
  const detail = `${worst.hosts.join(' and ')} for ${Math.round(worst.ms)} ms at once; ${allowed}`;
  return { name, holds: worst.ms <= allowedMs, detail };
}

/** Leaders change where the drill is about that, and where its plan says that they may. */
export function othersStay(view: View): Invariant {
  const name = 'no other leader changed';
  const { mustChange, mayChange } = view.recording.plan.expects;
  if (view.baseline === undefined || view.injectedAt === undefined) {
    return { name, holds: undefined, detail: 'nothing to compare with' };
  }
  const moved = leaderKinds
    .filter((kind) => !mustChange.includes(kind) && !mayChange.includes(kind))
    .flatMap((kind) => newLeaders(view, kind).map((host) => `${titles[kind]} moved to ${host}`));
  return { name, holds: moved.length === 0, detail: moved.join('; ') };
}

/** Kinds of which another leader than before had to be seen and was not. */
export function unchanged(view: View): readonly LeaderKind[] {
  const { mustChange } = view.recording.plan.expects;
  return mustChange.filter((kind) => newLeaders(view, kind).length === 0);
}
