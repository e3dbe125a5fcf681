import type { ClusterSpec } from './cluster-spec.ts';
import { readFragments, type FragmentWorld } from './fragments.ts';
import { parseCluster } from './parse-cluster.ts';
import { resolveSecrets, type SecretWorld } from './secrets.ts';

export interface LoadWorld extends SecretWorld, FragmentWorld {
  /** Home folder of the operator. */
  readonly home: string;
}

/** Cluster file to ClusterSpec: CONFIG_UNREADABLE, CONFIG_INVALID or SECRET_UNREADABLE if it is none. */
export async function loadCluster(path: string, world: LoadWorld): Promise<ClusterSpec> {
  const parsed = parseCluster(await world.readFile(path), { path, home: world.home });
  const fragments = await Promise.all(
    parsed.jenkins.map((controller) => readFragments(controller, world)),
  );
  const spec = await resolveSecrets(parsed, world);
  return {
    ...spec,
    jenkins: spec.jenkins.map((controller, index) => ({
      ...controller,
      fragments: fragments[index] ?? [],
    })),
  };
}
