import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export interface Candidate {
  readonly name: string;
  readonly content: string;
  readonly ephemeral: boolean;
  /** Hexadecimal: it does not fit into a number. */
  readonly session: string;
}

export interface Elections {
  /** In the order in which they would lead. */
  readonly masters: readonly (Candidate & { readonly info: MasterInfo })[];
  readonly replicas: readonly Candidate[];
  readonly marathons: readonly Candidate[];
}

interface MasterInfo {
  readonly hostname: string;
  readonly ip: number;
  readonly port: number;
  readonly pid: string;
  readonly version: string;
  readonly address: { readonly ip: string; readonly port: number; readonly hostname: string };
}

export interface ZooKeeperPlace {
  /** `10.0.0.11:2181`, … */
  readonly servers: readonly string[];
  readonly mesosPath: string;
  readonly marathonPath: string;
}

const script = fileURLToPath(new URL('elections.py', import.meta.url));

/** Debian's kazoo, a client by others, reads what Mesos and Marathon wrote into a real ZooKeeper. */
export async function electionsSeenByKazoo(place: ZooKeeperPlace): Promise<Elections> {
  const argv = [script, place.servers.join(','), place.mesosPath, place.marathonPath];
  // Debian's own Python: another one on the path does not see Debian's packages.
  const { stdout } = await execa('/usr/bin/python3', argv, { timeout: 60_000 });
  return JSON.parse(stdout) as Elections;
}

/**
 * What is wrong with what they wrote, if these hosts have a master and a Marathon each: one ephemeral candidate per
 * host, a MasterInfo whose address is the same in all its forms, replicas in a session of their own.
 */
export function electionFaults(elections: Elections, addresses: readonly string[]): string[] {
  const { masters, replicas, marathons } = elections;
  const all = [...masters, ...replicas, ...marathons];
  const wanted = addresses.toSorted().join(' ');
  const told = {
    masters: masters.map(({ info }) => info.address.ip),
    replicas: replicas.map(({ content }) => /@(.*):\d+$/.exec(content)?.[1] ?? content),
    marathons: marathons.map(({ content }) => content.replace(/:\d+$/, '')),
  };
  return [
    ...Object.entries(told)
      .filter(([, hosts]) => hosts.toSorted().join(' ') !== wanted)
      .map(([kind, hosts]) => `${kind} at ${hosts.join(' ')}`),
    ...all.filter(({ ephemeral }) => !ephemeral).map(({ name }) => `${name} would stay for ever`),
    ...masters.filter(isInconsistent).map(({ content }) => `inconsistent: ${content}`),
    ...masters
      .filter(({ session }) => replicas.some((one) => one.session === session))
      .map(({ name }) => `${name} shares its session with a replica`),
  ];
}

function isInconsistent({ info }: { readonly info: MasterInfo }): boolean {
  const { address, ip, pid, port } = info;
  return (
    addressOf(ip) !== address.ip || port !== address.port || pid !== `master@${address.ip}:${port}`
  );
}

/** The IPv4 address that MasterInfo has as a number, its first byte the lowest. */
function addressOf(ip: number): string {
  return [0, 8, 16, 24].map((shift) => (ip >>> shift) & 255).join('.');
}
