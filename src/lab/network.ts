import { readFile } from 'node:fs/promises';
import { ClusterError } from '../errors.ts';
import { labLabel, networkName } from './lab.ts';
import { freeSubnets, routedNetworks } from './subnet.ts';
import { attempt, docker, type Tools } from './tools.ts';

const tries = 5;

/** Makes the network of a new lab and gives its subnet; several labs may do this at once. */
export async function createNetwork(tools: Tools, name: string): Promise<string> {
  // Left by a run that was interrupted right after making it.
  const left = (await subnetsOf(tools, [networkName({ name })]))[0];
  if (left !== undefined) return left;
  for (const subnet of freeSubnets(await usedSubnets(tools)).slice(0, tries)) {
    const ran = await attempt(tools, ['docker', ...createArgs(name, subnet)]);
    if (ran.exitCode === 0) return subnet;
    if (!ran.stderr.includes('overlaps')) break;
  }
  return await lastTry(tools, name);
}

/** For a lab that has its subnet: true if the network was missing. */
export async function ensureNetwork(
  tools: Tools,
  lab: { name: string; subnet: string },
): Promise<boolean> {
  const filter = `name=^${networkName(lab)}$`;
  const found = await docker(tools, ['network', 'ls', '--quiet', '--filter', filter]);
  if (found.trim() !== '') return false;
  await docker(tools, createArgs(lab.name, lab.subnet));
  return true;
}

/** Says in its error what is wrong with the network, or that no subnet is left. */
async function lastTry(tools: Tools, name: string): Promise<string> {
  const subnet = freeSubnets(await usedSubnets(tools))[0];
  if (subnet === undefined) {
    throw new ClusterError('LAB_FAILED', 'no /24 network of 172.30.0.0/16 is free', {
      remedy: 'See which networks are in use with "ip route" and "docker network ls".',
    });
  }
  await docker(tools, createArgs(name, subnet));
  return subnet;
}

function createArgs(name: string, subnet: string): string[] {
  return [
    ...['network', 'create', '--subnet', subnet, '--label', `${labLabel}=${name}`],
    networkName({ name }),
  ];
}

async function usedSubnets(tools: Tools): Promise<readonly string[]> {
  const ids = (await docker(tools, ['network', 'ls', '--quiet'])).split(/\s+/).filter(Boolean);
  const routes = await readFile('/proc/net/route', 'utf8').catch(() => '');
  return [...(await subnetsOf(tools, ids)), ...routedNetworks(routes)];
}

/** A network that is not there, or just went away, has none. */
async function subnetsOf(tools: Tools, networks: readonly string[]): Promise<readonly string[]> {
  const format = '{{range .IPAM.Config}}{{.Subnet}} {{end}}';
  const inspect = ['docker', 'network', 'inspect', '--format', format] as const;
  const { stdout } = await attempt(tools, [...inspect, ...networks]);
  return stdout.split(/\s+/).filter((word) => word.includes('/'));
}
