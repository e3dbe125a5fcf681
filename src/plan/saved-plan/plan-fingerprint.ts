import { scryptSync } from 'node:crypto';
import { Secret } from '../../secret.ts';
import { fingerprintOf } from '../fingerprint.ts';
import type { Plan } from '../step.ts';

export interface Digests {
  /** SHA-256 of the value; never leaves this process. */
  readonly digestOf: (secret: Secret) => string;
  /** Random id of the cluster: the same secret looks otherwise in another cluster. */
  readonly clusterId: string;
}

/**
 * The stages without the content of a secret. In its place stands a digest that tells if it changes and
 * is too slow (scrypt) and too particular (salted with the cluster's id) to be searched for.
 */
export function sealedPlan(plan: Plan, digests: Digests): unknown {
  const known = new Map<string, string>();
  const seal = (secret: Secret): string => {
    const digest = digests.digestOf(secret);
    const sealed = known.get(digest) ?? slowDigest(digest, digests.clusterId);
    known.set(digest, sealed);
    return sealed;
  };
  return sealed(plan, seal);
}

/** Of what is shown, saved, confirmed and executed: equal fingerprints, equal changes. */
export function planFingerprint(sealedStages: unknown): string {
  return fingerprintOf(sealedStages);
}

function slowDigest(digest: string, clusterId: string): string {
  return scryptSync(digest, clusterId, 16).toString('hex');
}

function sealed(value: unknown, seal: (secret: Secret) => string): unknown {
  if (value instanceof Secret) return { secret: seal(value) };
  if (Array.isArray(value)) return value.map((part) => sealed(part, seal));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name, sealed(part, seal)]));
}
