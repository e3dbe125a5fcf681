import { z } from 'zod';
import { ClusterError } from '../../errors.ts';
import { ask, failed, jsonOf } from '../../health/sight.ts';
import type { Run } from '../run.ts';
import { leadingMaster } from './call.ts';

/** Images may bear any name: what counts is what the leading master says that it is. */
export async function demandMesos(run: Run, atLeast: string, app: string): Promise<void> {
  const { host, remote } = await leadingMaster(run, 'to ask for its version');
  const port = run.spec.mesos.masterPort;
  const answer = await ask(remote, host, { method: 'GET', path: '/version', port });
  const found = failed(answer) ? undefined : versionIn(jsonOf(answer));
  if (found !== undefined && !isOlder(found, atLeast)) return;
  const has = found === undefined ? 'does not tell its version' : `is Mesos ${found}`;
  throw new ClusterError(
    'VERSIONS_UNFIT',
    `the leading master on ${host.name} ${has}: the Mesos plugin of ${app} needs ${atLeast} or newer`,
    {
      host: host.name,
      remedy:
        'Name newer images under images.mesosMaster and images.mesosAgent, or give every build agent "via: marathon" and take mesos out of plugins; then run the same command again.',
    },
  );
}

function versionIn(json: unknown): string | undefined {
  return z.object({ version: z.string() }).safeParse(json).data?.version;
}

function isOlder(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) =>
    text.split('.').map((part) => parseInt(part)),
  );
  const pairs = (other ?? []).map((number, index) => [one?.[index] ?? 0, number] as const);
  const first = pairs.find(([left, right]) => left !== right);
  return first !== undefined && !(first[0] > first[1]);
}
