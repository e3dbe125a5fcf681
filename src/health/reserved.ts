import { z } from 'zod';
import type { Load, Reserved } from '../plan/pool-load.ts';
import { readLeader } from './operator-api.ts';
import { ask, failed, jsonOf, placeOf, type Sight } from './sight.ts';

interface Leaders {
  readonly mesos: string | undefined;
  readonly marathon: string | undefined;
}

/** What must have its place in the pool, as far as the leaders tell. */
export async function readReserved(sight: Sight, leaders: Leaders): Promise<Reserved> {
  const [apps, guarantees] = await Promise.all([
    appLoads(sight, leaders.marathon),
    guaranteeLoads(sight, leaders.mesos),
  ]);
  return { apps, guarantees };
}

const appsAnswer = z.object({
  apps: z.array(
    z.object({
      id: z.string(),
      cpus: z.number().default(1),
      mem: z.number().default(128),
      instances: z.number().default(1),
    }),
  ),
});

async function appLoads(sight: Sight, leader: string | undefined): Promise<readonly Load[]> {
  const place = placeOf(sight, leader);
  if (place === undefined) return [];
  const request = { method: 'GET', path: '/v2/apps', port: sight.spec.marathon.port } as const;
  const answer = await ask(place.remote, place.host, request);
  if (failed(answer) || answer.status !== 200) return [];
  const apps = appsAnswer.safeParse(jsonOf(answer)).data?.apps ?? [];
  return apps.map(({ id, cpus, mem: memoryMb, instances: count }) => {
    return { what: `app ${id}`, cpus, memoryMb, count };
  });
}

const amount = z.object({ value: z.number() }).optional();

const quotaAnswer = z.object({
  get_quota: z.object({
    status: z.object({
      configs: z
        .array(
          z.object({
            role: z.string(),
            guarantees: z.object({ cpus: amount, mem: amount }).prefault({}),
          }),
        )
        .default([]),
    }),
  }),
});

async function guaranteeLoads(sight: Sight, leader: string | undefined): Promise<readonly Load[]> {
  const answer = quotaAnswer.safeParse(await readLeader(sight, leader, 'GET_QUOTA')).data;
  return (answer?.get_quota.status.configs ?? [])
    .map(({ role, guarantees: { cpus, mem } }) => ({
      what: `the guarantee of role ${role}`,
      ...{ cpus: cpus?.value ?? 0, memoryMb: mem?.value ?? 0, count: 1 },
    }))
    .filter(({ cpus, memoryMb }) => cpus + memoryMb > 0);
}
