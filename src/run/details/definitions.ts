import { z } from 'zod';
import { probeMarathon } from '../../health/marathon.ts';
import { ask, failed, jsonOf, placeOf, type Sight } from '../../health/sight.ts';
import type { Plan } from '../../plan/step.ts';

const appAnswer = z.object({ app: z.record(z.string(), z.unknown()) });

/** Present definitions of the apps that the plan submits, as far as Marathon tells them. */
export async function readDefinitions(
  sight: Sight,
  plan: Plan,
): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const ids = plan.stages.flatMap((stage) =>
    stage.kind === 'api' && stage.step.kind === 'put-app' ? [stage.step.app.id] : [],
  );
  if (ids.length === 0) return new Map();
  const { leader } = await probeMarathon(sight);
  const found = await Promise.all(
    ids.map(async (id) => {
      const definition = await readDefinition(sight, leader, id);
      return definition === undefined ? [] : [[id, definition] as const];
    }),
  );
  return new Map(found.flat());
}

async function readDefinition(
  sight: Sight,
  leader: string | undefined,
  id: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const place = placeOf(sight, leader);
  if (place === undefined) return undefined;
  const port = sight.spec.marathon.port;
  const answer = await ask(place.remote, place.host, {
    method: 'GET',
    path: `/v2/apps${id}`,
    port,
  });
  if (failed(answer) || answer.status !== 200) return undefined;
  return appAnswer.safeParse(jsonOf(answer)).data?.app;
}
