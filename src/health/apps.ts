import { z } from 'zod';
import { fingerprintLabel } from '../services/marathon-app.ts';
import { ask, failed, jsonOf, placeOf, type Sight } from './sight.ts';

const appsAnswer = z.object({
  apps: z.array(z.object({ id: z.string(), labels: z.record(z.string(), z.string()).default({}) })),
});

/** Fingerprints of all Marathon apps by id, empty for those that are not ours; undefined without an answer. */
export async function readFingerprints(
  sight: Sight,
  marathonLeader: string | undefined,
): Promise<ReadonlyMap<string, string> | undefined> {
  const place = placeOf(sight, marathonLeader);
  if (place === undefined) return undefined;
  const port = sight.spec.marathon.port;
  const answer = await ask(place.remote, place.host, { method: 'GET', path: '/v2/apps', port });
  if (failed(answer) || answer.status !== 200) return undefined;
  const apps = appsAnswer.safeParse(jsonOf(answer)).data?.apps;
  return apps && new Map(apps.map(({ id, labels }) => [id, labels[fingerprintLabel] ?? '']));
}
