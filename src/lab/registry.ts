import { ensureContainers } from './containers.ts';
import { localReference, type Tags } from './image-tags.ts';
import {
  cacheLabel,
  labLabel,
  networkName,
  registryAddress,
  registryContainer,
  registryEndpoint,
  type Lab,
} from './lab.ts';
import type { RegistryClient } from './registry-client.ts';
import { docker, waitUntil, type Tools } from './tools.ts';

/** Shared by all labs and kept, so that an image is published once and not once per lab. */
const storage = 'ci-cluster-lab-registry';

export async function startRegistry(tools: Tools, lab: Lab, tags: Tags): Promise<RegistryClient> {
  await docker(tools, ['volume', 'create', '--label', `${cacheLabel}=registry`, storage]);
  const wanted = {
    name: registryContainer(lab),
    runArgs: registryArgs(lab, localReference('registry', tags)),
  };
  await ensureContainers(tools, lab.name, [wanted]);
  const endpoint = registryEndpoint(lab);
  const registry = tools.network.registry(endpoint);
  const ready = async () =>
    (await registry.answers()) ? undefined : `no answer from the lab's registry at ${endpoint}`;
  await waitUntil(tools, ready, {
    deadlineMs: 30_000,
    intervalMs: 200,
    remedy: `Read "docker logs ${registryContainer(lab)}"; the engine must run on this machine.`,
  });
  return registry;
}

function registryArgs(lab: Lab, image: string): string[] {
  return [
    ...['--name', registryContainer(lab), '--hostname', 'registry'],
    ...['--label', `${labLabel}=${lab.name}`],
    ...['--network', networkName(lab), '--ip', registryAddress(lab)],
    ...['--volume', `${storage}:/var/lib/registry`],
    image,
  ];
}
