import type { LeaderKind } from '../drill-plan.ts';
import type { Ms, Sample, Seen } from '../sample.ts';
import { isBlind, streamsBy, untilOf, type Stream, type View } from './view.ts';

/** For how long a host certainly said that it leads, as one vantage saw it. */
export interface Claim {
  readonly host: string;
  readonly vantage: string;
  readonly from: Ms;
  readonly until: Ms;
}

/** In the order of their begin. */
export function claimsOf(view: View, kind: LeaderKind): readonly Claim[] {
  return streamsBy(view, kind)
    .flatMap(claimsIn)
    .toSorted((one, other) => one.from - other.from);
}

/** Whether the host that was asked says that it leads. */
export function isClaim(seen: Seen): boolean {
  switch (seen.probe) {
    case 'zookeeper':
      return seen.mode === 'leader' || seen.mode === 'standalone';
    case 'mesos':
      return seen.status === 200;
    case 'marathon':
      return seen.leader === seen.host && seen.elected !== false;
    default:
      return false;
  }
}

function claimsIn({ host, from: vantage, samples }: Stream): readonly Claim[] {
  const claims: Claim[] = [];
  let open: Claim | undefined;
  for (const sample of samples.filter((one) => !isBlind(one))) {
    if (!isClaim(sample.seen)) {
      open = undefined;
      continue;
    }
    if (open !== undefined) claims.pop();
    open = { host, vantage, ...spanOf(sample, open?.from) };
    claims.push(open);
  }
  return claims;
}

/** It held when the first answer came at the latest, and when the last was asked for. */
function spanOf(sample: Sample, begun: Ms | undefined): Pick<Claim, 'from' | 'until'> {
  const from = begun ?? sample.at + sample.tookMs;
  return { from, until: Math.max(from, untilOf(sample)) };
}

export interface Overlap {
  readonly hosts: readonly [string, string];
  readonly ms: number;
}

/** The longest time for which two hosts led at once; what clocks may be wrong by is taken off. */
export function longestOverlap(view: View, kind: LeaderKind): Overlap | undefined {
  const claims = claimsOf(view, kind);
  const doubtMs = clockDoubt(view);
  let worst: Overlap | undefined;
  claims.forEach((one, index) => {
    for (const other of claims.slice(index + 1)) {
      if (other.from > one.until) break;
      if (one.host === other.host) continue;
      const taken = one.vantage === other.vantage ? 0 : doubtMs;
      const ms = Math.min(one.until, other.until) - other.from - taken;
      if (ms > (worst?.ms ?? 0)) worst = { hosts: [one.host, other.host], ms };
    }
  });
  return worst;
}

function clockDoubt({ recording }: View): number {
  const errors = recording.clocks.map(({ errorMs }) => Math.abs(errorMs));
  return errors.reduce((most, error) => (error > most ? error : most), 0);
}

/** Hosts that led after the fault and did not lead before it. */
export function newLeaders(view: View, kind: LeaderKind): readonly string[] {
  const { injectedAt } = view;
  const old = view.baseline?.leaders[kind];
  if (injectedAt === undefined || old === undefined) return [];
  const later = claimsOf(view, kind).filter(
    ({ until, host }) => until >= injectedAt && host !== old,
  );
  return [...new Set(later.map(({ host }) => host))];
}
