import { z } from 'zod';
import { readLeader } from '../../health/operator-api.ts';
import type { Sight } from '../../health/sight.ts';

const scheduleAnswer = z.object({
  get_maintenance_schedule: z
    .object({
      schedule: z
        .object({
          windows: z
            .array(
              z.object({
                machine_ids: z
                  .array(z.object({ hostname: z.string().optional(), ip: z.string().optional() }))
                  .default([]),
              }),
            )
            .default([]),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** Machines for which maintenance is planned or under way; undefined where no leading master tells. */
export async function plannedMaintenance(
  sight: Sight,
  leader: string | undefined,
): Promise<string | undefined> {
  const answer = await readLeader(sight, leader, 'GET_MAINTENANCE_SCHEDULE');
  const told = scheduleAnswer.safeParse(answer).data;
  if (told === undefined) return undefined;
  const machines = told.get_maintenance_schedule.schedule.windows.flatMap(
    ({ machine_ids: ids }) => ids,
  );
  return [...new Set(machines.map(({ hostname, ip }) => hostname ?? ip ?? '?'))].join(', ');
}
