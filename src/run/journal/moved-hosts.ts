import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import type { PastRun } from './history.ts';

/**
 * A cluster file that was corrected since is what a run is resumed for. A host that the run had begun
 * with, and that is not in the file any more or is another machine now, would be left half done.
 */
export function refuseMoved({ id, begin }: PastRun, { hosts }: ClusterSpec): void {
  const now = new Map(hosts.map(({ name, address }) => [name, address]));
  const moved = Object.entries(begin.hosts).filter(([name, address]) => now.get(name) !== address);
  if (moved.length === 0) return;
  const told = moved.map(([name, address]) =>
    now.has(name)
      ? `${name} was at ${address}, and is at ${now.get(name) ?? ''} in the cluster file`
      : `${name} at ${address} is not in the cluster file any more`,
  );
  throw new ClusterError('PLAN_OUTDATED', `run ${id} had begun with hosts that have changed`, {
    evidence: told,
    remedy:
      'Put them back into the cluster file, or go on without them: ci-cluster resume --anyway.',
  });
}
