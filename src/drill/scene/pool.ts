import { z } from 'zod';
import { readLeader } from '../../health/operator-api.ts';
import type { Sight } from '../../health/sight.ts';
import type { PoolPart } from './scene.ts';

const resources = z
  .array(z.object({ name: z.string(), scalar: z.object({ value: z.number() }).optional() }))
  .default([]);

const agentsAnswer = z.object({
  get_agents: z.object({
    agents: z
      .array(
        z.object({
          active: z.boolean(),
          agent_info: z.object({
            id: z.object({ value: z.string() }),
            hostname: z.string(),
          }),
          total_resources: resources,
          allocated_resources: resources,
        }),
      )
      .default([]),
  }),
});

/** Active Mesos agents with what tasks have of them; undefined where no leading master tells. */
export async function readPool(
  sight: Sight,
  leader: string | undefined,
): Promise<readonly PoolPart[] | undefined> {
  const told = agentsAnswer.safeParse(await readLeader(sight, leader, 'GET_AGENTS')).data;
  return told?.get_agents.agents.flatMap(({ active, agent_info: info, ...agent }) => {
    const host = sight.spec.hosts.find(({ address }) => address === info.hostname)?.name;
    if (!active || host === undefined) return [];
    return [
      {
        ...{ host, id: info.id.value },
        cpus: sum(agent.total_resources, 'cpus'),
        memoryMb: sum(agent.total_resources, 'mem'),
        usedCpus: sum(agent.allocated_resources, 'cpus'),
        usedMemoryMb: sum(agent.allocated_resources, 'mem'),
      },
    ];
  });
}

/** One entry for each role that has a part. */
function sum(all: z.output<typeof resources>, name: string): number {
  return all
    .filter((one) => one.name === name)
    .reduce((total, { scalar }) => total + (scalar?.value ?? 0), 0);
}
