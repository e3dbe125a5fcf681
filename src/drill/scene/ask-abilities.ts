import { ClusterError } from '../../errors.ts';
import type { Ports, RemoteHost } from '../../ports.ts';
import { recordFolder } from '../../run/lock/claim.ts';
import { parseAbilities, type Abilities } from './abilities.ts';

/** Where armed drills have their folders on a host. */
const drillFolder = `${recordFolder}/drills`;

/** Five attempts of at most 10 s each, and what Docker takes. */
const deadlineMs = 90_000;

export type AbilitiesOfHosts = ReadonlyMap<string, Abilities | string>;

/** All hosts at once; the reason where one did not tell. */
export async function askAbilities(
  remotes: ReadonlyMap<string, RemoteHost>,
  ports: Pick<Ports, 'templates' | 'signal'>,
): Promise<AbilitiesOfHosts> {
  const asked = [...remotes].map(
    async ([host, remote]) => [host, await askOne(remote, ports)] as const,
  );
  return new Map(await Promise.all(asked));
}

async function askOne(
  remote: RemoteHost,
  { templates, signal }: Pick<Ports, 'templates' | 'signal'>,
): Promise<Abilities | string> {
  try {
    const script = templates['remote/drill-abilities.sh'] ?? '';
    const ran = await remote.run(['sh', '-s', '--', drillFolder], {
      ...{ input: [script], deadlineMs, signal, asRoot: true },
    });
    return parseAbilities(ran.stdout);
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'INTERRUPTED') throw error;
    if (!(error instanceof Error)) throw error;
    return error.message;
  }
}
