import { z } from 'zod';
import { probeMarathon } from './marathon.ts';
import { ask, failed, jsonOf, placeOf, type Sight } from './sight.ts';

const answerForm = z.array(z.object({ affectedApps: z.array(z.string()).default([]) }));

/** What Marathon is still busy with; empty once it is settled (`/v2/deployments`, Marathon 1.10). */
export async function whyDeploying(sight: Sight): Promise<string> {
  const { leader } = await probeMarathon(sight);
  const place = placeOf(sight, leader);
  if (place === undefined) return 'no Marathon leader to ask';
  const port = sight.spec.marathon.port;
  const path = '/v2/deployments';
  const answer = await ask(place.remote, place.host, { method: 'GET', path, port });
  const deployments = failed(answer) ? undefined : answerForm.safeParse(jsonOf(answer)).data;
  if (deployments === undefined) return `Marathon on ${place.host.name} does not tell`;
  const apps = new Set(deployments.flatMap(({ affectedApps }) => affectedApps));
  return deployments.length === 0 ? '' : `under way: ${[...apps].join(', ')}`;
}
