import { z } from 'zod';
import { defaultShare, type RoleShare } from '../services/shares.ts';
import { readLeader } from './operator-api.ts';
import type { Sight } from './sight.ts';

const weightsAnswer = z.object({
  get_weights: z
    .object({
      weight_infos: z.array(z.object({ role: z.string(), weight: z.number() })).default([]),
    })
    .prefault({}),
});

const amount = z.object({ value: z.number() }).optional();

const quotaAnswer = z.object({
  get_quota: z
    .object({
      status: z
        .object({
          configs: z
            .array(
              z.object({
                role: z.string(),
                limits: z.object({ cpus: amount, mem: amount }).prefault({}),
              }),
            )
            .default([]),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** Weights and limits that somebody set, by role; undefined where no leader tells them (Mesos 1.9+). */
export async function readShares(
  sight: Sight,
  leader: string | undefined,
): Promise<ReadonlyMap<string, RoleShare> | undefined> {
  const [weights, quotas] = await Promise.all([
    readLeader(sight, leader, 'GET_WEIGHTS'),
    readLeader(sight, leader, 'GET_QUOTA'),
  ]);
  const infos = weightsAnswer.safeParse(weights).data?.get_weights.weight_infos;
  const configs = quotaAnswer.safeParse(quotas).data?.get_quota.status.configs;
  if (infos === undefined || configs === undefined) return undefined;
  const shares = new Map<string, RoleShare>();
  const put = (role: string, part: Partial<RoleShare>) =>
    shares.set(role, { ...(shares.get(role) ?? defaultShare(role)), ...part });
  for (const { role, weight } of infos) put(role, { weight });
  for (const { role, limits } of configs) {
    put(role, { limit: { cpus: limits.cpus?.value, memoryMb: limits.mem?.value } });
  }
  return shares;
}
