import { ClusterError } from '../../errors.ts';
import type { Watch } from './place.ts';
import { lookMs } from './probe.ts';

/** Below it are the writes of one drill. */
export function canaryFolder(id: string): string {
  return `/ci-cluster/drill-${id}`;
}

/** Makes the folder, through the first member that lets us; without one every write fails and says so. */
export async function openCanary({ spec, places }: Watch, id: string): Promise<void> {
  for (const { host, zookeeper: link } of places) {
    const remote = link.remote();
    if (remote === undefined) continue;
    const endpoint = { address: host.address, port: spec.zookeeper.clientPort };
    try {
      await using session = await remote.zookeeper(endpoint, 5 * lookMs);
      await session.create(canaryFolder(id), '');
      return;
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
    }
  }
}
