import type { ClusterSpec, Host } from '../../config/cluster-spec.ts';
import { failed } from '../../health/sight.ts';
import type { Ms } from '../sample.ts';
import type { Link } from './link.ts';

/** A host with its own connections, one for each group of probes: none holds up the others. */
export interface Place {
  readonly host: Host;
  readonly zookeeper: Link;
  readonly mesos: Link;
  readonly services: Link;
}

/** What all probes know. */
export interface Watch {
  readonly spec: ClusterSpec;
  readonly places: readonly Place[];
  readonly now: () => Ms;
  readonly leaders: Leaders;
}

/** Who was seen to lead just now; those that ask the leader go there. */
export interface Leaders {
  readonly seen: (kind: LeaderOf, host: string) => void;
  readonly current: (kind: LeaderOf) => string | undefined;
}
export type LeaderOf = 'zookeeper' | 'mesos' | 'marathon';

/** A leader that has not said so for longer is none. */
const freshMs = 1000;

export function createLeaders(now: () => Ms): Leaders {
  const known = new Map<LeaderOf, { readonly host: string; readonly at: Ms }>();
  return {
    seen: (kind, host) => known.set(kind, { host, at: now() }),
    current: (kind) => {
      const last = known.get(kind);
      return last !== undefined && now() - last.at <= freshMs ? last.host : undefined;
    },
  };
}

/** Why there is no answer, in one word for the sample; undefined if there is one. */
export function faultIn(answer: unknown): string | undefined {
  if (answer === undefined) return 'not-connected';
  if (!failed(answer)) return undefined;
  return answer.failure === 'unreachable' ? 'not-connected' : answer.failure;
}

export function hostAt({ hosts }: ClusterSpec, address: string | undefined): string | undefined {
  return hosts.find((host) => host.address === address)?.name;
}
