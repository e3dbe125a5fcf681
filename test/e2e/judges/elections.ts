import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export interface Candidate {
  readonly name: string;
  readonly content: string;
  readonly ephemeral: boolean;
  readonly session: number;
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

/** The IPv4 address that MasterInfo has as a number, its first byte the lowest. */
export function addressOf(ip: number): string {
  return [0, 8, 16, 24].map((shift) => (ip >>> shift) & 255).join('.');
}
