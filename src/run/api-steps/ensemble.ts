import { identityText, parseIdentity, type Identity } from '../../cluster/identity.ts';
import { hostsWith } from '../../cluster/members.ts';
import { ClusterError } from '../../errors.ts';
import type { Run } from '../run.ts';
import { callDeadlineMs, connected, type Call } from './call.ts';

const identityZnode = '/ci-cluster/identity';

/**
 * Writes whose ensemble it is through one member and reads it back: proof that the ensemble serves
 * writes, and a guard against a second cluster on the same znodes.
 */
export function claimEnsemble(run: Run, identity: Identity): Call {
  const { host, remote } = connected(run, hostsWith(run.spec, 'zookeeper'));
  const endpoint = { address: host.address, port: run.spec.zookeeper.clientPort };
  const call = async (): Promise<boolean> => {
    await using session = await remote.zookeeper(endpoint, callDeadlineMs);
    const created = await session.create(identityZnode, identityText(identity));
    const found = parseIdentity((await session.read(identityZnode)) ?? '');
    if (found?.id === identity.id) return created;
    throw new ClusterError(
      'FOREIGN_HOST',
      `the ZooKeeper ensemble belongs to cluster ${found?.name ?? 'unknown'} (${found?.id ?? 'no id'})`,
      {
        host: host.name,
        remedy: `Give this cluster hosts of its own, or move the old ZooKeeper data away on all members.`,
      },
    );
  };
  return { host, call };
}
