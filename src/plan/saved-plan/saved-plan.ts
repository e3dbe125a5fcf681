import { z } from 'zod';
import { ClusterError } from '../../errors.ts';
import type { Emptying } from '../around-agent.ts';
import { fingerprintOf, sha256 } from '../fingerprint.ts';
import type { PlanInput } from '../observed.ts';
import type { Plan } from '../step.ts';
import { factsUsed } from './facts-used.ts';
import { planFingerprint, sealedPlan, type Digests } from './plan-fingerprint.ts';

const savedPlan = z.object({
  kind: z.literal('ci-cluster plan'),
  schemaVersion: z.literal(1),
  cluster: z.string(),
  clusterId: z.string(),
  /** Version of ci-cluster that made it: another one may plan otherwise. */
  version: z.string(),
  madeAt: z.string(),
  clusterFile: z.object({ path: z.string(), sha256: z.string() }),
  skipUnreachable: z.boolean(),
  /** How Mesos agents are emptied before they are stopped. */
  emptying: z.object({
    timeoutMs: z.number(),
    killBuilds: z.boolean(),
    stopControllers: z.boolean(),
  }),
  factsFingerprint: z.string(),
  planFingerprint: z.string(),
  /** What was seen, to name what has moved. */
  facts: z.array(z.tuple([z.string(), z.string()])),
  /** For readers; `apply` plans again and compares. */
  plan: z.unknown(),
});

export type SavedPlan = z.output<typeof savedPlan>;

export interface Making {
  readonly plan: Plan;
  readonly input: PlanInput;
  readonly digestOf: Digests['digestOf'];
  readonly version: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly clusterFile: { readonly path: string; readonly text: string };
  readonly skipUnreachable: boolean;
  readonly emptying: Emptying;
}

export function savedPlanOf(making: Making): SavedPlan {
  const { plan, input, version, madeAt, clusterFile, skipUnreachable, emptying } = making;
  const sealed = sealedPlan(plan, { digestOf: making.digestOf, clusterId: input.clusterId });
  const facts = factsUsed(input).map(([what, value]): [string, string] => [what, value]);
  return {
    ...{ kind: 'ci-cluster plan', schemaVersion: 1 },
    cluster: input.spec.name,
    clusterId: input.clusterId,
    ...{ version, madeAt },
    clusterFile: { path: clusterFile.path, sha256: sha256(clusterFile.text) },
    ...{ skipUnreachable, emptying },
    factsFingerprint: fingerprintOf(facts),
    planFingerprint: planFingerprint(sealed),
    facts,
    plan: sealed,
  };
}

/** Throws PLAN_UNREADABLE for what is no saved plan, or one that was edited. */
export function parseSavedPlan(text: string, path: string): SavedPlan {
  const saved = savedPlan.safeParse(jsonOf(text)).data;
  if (saved === undefined) throw unreadable(`${path} is no saved plan of this version`);
  const isWhole =
    planFingerprint(saved.plan) === saved.planFingerprint &&
    fingerprintOf(saved.facts) === saved.factsFingerprint;
  if (!isWhole) throw unreadable(`${path} is not as it was saved: its fingerprint does not fit`);
  return saved;
}

function unreadable(message: string): ClusterError {
  return new ClusterError('PLAN_UNREADABLE', message, {
    remedy: 'Make a new one: ci-cluster plan --out FILE.',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
