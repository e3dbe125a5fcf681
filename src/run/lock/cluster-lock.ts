import type { Sight } from '../../health/sight.ts';
import type { Ports } from '../../ports.ts';
import { newRunId } from '../journal/run-id.ts';
import { newClaim } from './claim.ts';
import { majority } from './hosts-to-lock.ts';
import { takeLocks, type Locks } from './locks.ts';

export interface ClusterWork<T> {
  readonly sight: Sight;
  readonly ports: Ports;
  /** As others see it who want the same locks. */
  readonly command: string;
  /** Hosts that are changed themselves. */
  readonly hosts?: readonly string[];
  /** The signal of the ports that it gets aborts when a lock is lost, too. */
  readonly work: (ports: Ports, locks: Locks) => Promise<T>;
}

/**
 * What concerns the whole cluster without changing hosts: runs while a majority of the masters is locked, so
 * that no other run changes the cluster meanwhile. Throws LOCK_HELD, and LOCK_LOST where it was lost.
 */
export async function underClusterLock<T>(order: ClusterWork<T>): Promise<T> {
  const { sight, ports, command, hosts = [], work } = order;
  const { spec, remotes } = sight;
  const own = new Set(hosts.filter((host) => remotes.has(host)));
  const wanted = [...new Set([...own, ...majority(spec, new Set(remotes.keys()), own)])];
  const claim = newClaim(ports, { run: newRunId(ports), command, reason: undefined });
  const locks = await takeLocks({ hosts: wanted, remotes, ports, claim });
  let done = false;
  try {
    const signal = AbortSignal.any([ports.signal, locks.lost]);
    const result = await work({ ...ports, signal }, locks);
    done = true;
    return result;
  } catch (error) {
    throw locks.lost.aborted && !ports.signal.aborted ? locks.lost.reason : error;
  } finally {
    await locks.release(done);
  }
}
