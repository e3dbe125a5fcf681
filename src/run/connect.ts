import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import type { Sight } from '../health/sight.ts';
import type { Ports, RemoteHost } from '../ports.ts';
import type { Report } from './events.ts';

/**
 * Connections to all hosts at once, without asking them anything: for commands that talk to services
 * alone. Hosts that cannot be reached are missing; without any host there is nothing to see.
 */
export async function connectAll(spec: ClusterSpec, ports: Ports, report: Report): Promise<Sight> {
  report({ kind: 'observing', hosts: spec.hosts.length });
  const remotes = new Map<string, RemoteHost>();
  const errors = new Map<string, ClusterError>();
  const attempts = spec.hosts.map(async (host) => {
    try {
      remotes.set(host.name, await ports.connector.connect(host.ssh, ports.signal));
      report({ kind: 'observed', host: host.name });
    } catch (error) {
      if (!(error instanceof ClusterError) || error.code === 'INTERRUPTED') throw error;
      errors.set(host.name, error);
      report({ kind: 'observed', host: host.name, error: error.message });
    }
  });
  await Promise.all(attempts);
  if (remotes.size === 0) throw nobody([...errors.values()]);
  const missing = [...errors].map(([name, error]) => [name, error.message] as const);
  return { spec, remotes, missing: new Map(missing) };
}

function nobody(parts: readonly ClusterError[]): ClusterError {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  return new ClusterError('HOSTS_FAILED', 'no host can be reached', {
    parts,
    remedy: 'Bring one back, then run the same command again.',
  });
}
