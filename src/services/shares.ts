import type { ClusterSpec, FrameworkSettings } from '../config/cluster-spec.ts';

/** What Mesos gives a role: its part of a short pool, and the most that it may hold. */
export interface RoleShare {
  readonly role: string;
  readonly weight: number;
  readonly limit: FrameworkSettings['limit'];
}

/** Roles in which builds run, each once; controllers that share one say the same (checked at load). */
export function roleShares({ jenkins }: Pick<ClusterSpec, 'jenkins'>): readonly RoleShare[] {
  const shares = jenkins
    .filter(({ buildAgents }) => buildAgents.some(({ via }) => via === 'mesos'))
    .map(({ framework: { role, weight, limit } }) => ({ role, weight, limit }));
  return [...new Map(shares.map((share) => [share.role, share])).values()];
}

/** Mesos' own where nobody said anything. */
export function defaultShare(role: string): RoleShare {
  return { role, weight: 1, limit: { cpus: undefined, memoryMb: undefined } };
}

export function isSameShare(one: RoleShare, other: RoleShare): boolean {
  return one.weight === other.weight && isSameLimit(one, other);
}

export function isSameLimit({ limit: one }: RoleShare, { limit: other }: RoleShare): boolean {
  return one.cpus === other.cpus && one.memoryMb === other.memoryMb;
}
