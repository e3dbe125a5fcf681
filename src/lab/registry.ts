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
import { registryClient, type RegistryClient } from './registry-client.ts';
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
  return await registryOf(tools, lab);
}

/** The registry of a lab whose containers run. */
export async function registryOf(tools: Tools, lab: Lab): Promise<RegistryClient> {
  const endpoint = registryEndpoint(lab);
  const registry = registryClient(endpoint, tools.signal);
  const ready = async () =>
    (await registry.answers()) ? undefined : `no answer from the lab's registry at ${endpoint}`;
  await waitUntil(tools, ready, {
    deadlineMs: 30_000,
    intervalMs: 200,
    remedy: `Read "docker logs ${registryContainer(lab)}"; the engine must run on this machine.`,
  });
  return registry;
}

export function registryArgs(lab: Lab, image: string): string[] {
  return [
    ...['--name', registryContainer(lab), '--hostname', 'registry'],
    ...['--label', `${labLabel}=${lab.name}`],
    ...['--network', networkName(lab), '--ip', registryAddress(lab)],
    ...['--volume', `${storage}:/var/lib/registry`],
    image,
  ];
}
