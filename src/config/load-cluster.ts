import type { ClusterSpec } from './cluster-spec.ts';
import { parseCluster } from './parse-cluster.ts';
import { resolveSecrets, type SecretWorld } from './secrets.ts';

export interface LoadWorld extends SecretWorld {
  /** Home folder of the operator. */
  readonly home: string;
}

/** Cluster file to ClusterSpec: CONFIG_UNREADABLE, CONFIG_INVALID or SECRET_UNREADABLE if it is none. */
export async function loadCluster(path: string, world: LoadWorld): Promise<ClusterSpec> {
  const text = await world.readFile(path);
  return resolveSecrets(parseCluster(text, { path, home: world.home }), world);
}
