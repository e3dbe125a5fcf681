import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { SshTarget } from '../../src/ports.ts';
import { createHome } from '../support/ssh-keys.ts';
import { controller, adminPassword } from '../support/cluster-file.ts';
import { startMachine, type Machine } from './host/machine.ts';
import { startServices } from './host/services.ts';
import { stateOf, type State } from './host/state.ts';
import { sshPort } from './line.ts';
import { startSshd, type Moment, type Sshd } from './sshd.ts';

/** Throw-away hosts with sshd and services, and an operator who can log in. */
export interface Fleet extends AsyncDisposable {
  readonly hosts: ReadonlyMap<string, FleetHost>;
  /** Path of the cluster file. */
  readonly config: string;
  readonly folder: string;
  /** Of all hosts and of what the services keep. */
  readonly state: () => State;
  /** Called before each exec and after each marker of any host. */
  onMoment: (moment: Moment) => void;
  /** Hosts that refuse new sessions, and keys. */
  readonly refusing: Set<string>;
  readonly locked: Set<string>;
}

/** What a connection to the host needs to know. */
export function targetOf({ folder, hosts }: Fleet, name: string): SshTarget {
  return {
    ...{ host: name, address: hosts.get(name)!.sshd.line.address, port: sshPort, user: 'ops' },
    identityFile: join(folder, 'id_ed25519'),
    knownHostsFile: join(folder, 'known_hosts'),
    ...{ hostKey: undefined, bastion: undefined },
  };
}

export interface FleetHost {
  readonly machine: Machine;
  readonly sshd: Sshd;
}

const addresses: Readonly<Record<string, string>> = { m1: '10.0.0.11', a1: '10.0.0.101' };

export async function startFleet(): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'ci-cluster-fleet-'));
  const home = createHome(folder);
  const names = Object.entries(addresses);
  const machines = await Promise.all(names.map(([name, at]) => startMachine(name, at)));
  const services = await startServices(clusterFile({}, home.folder), machines);
  const refusing = new Set<string>();
  const locked = new Set<string>();
  const started = await Promise.all(
    machines.map(async (machine): Promise<[string, FleetHost]> => {
      const { name } = machine;
      const sshd = await startSshd({
        ...{ machine, services },
        onMoment: (moment) => {
          fleet.onMoment(moment);
        },
        refuses: () => refusing.has(name),
        locked: () => locked.has(name),
      });
      return [name, { machine, sshd }];
    }),
  );
  const hosts = new Map(started);
  const config = join(folder, 'cluster.yml');
  const places = started.map(([name, { sshd }]) => [name, sshd.line.address] as const);
  writeFileSync(config, clusterFile(Object.fromEntries(places), home.folder));
  const known = started.map(
    ([, { sshd }]) => `[${sshd.line.address}]:${sshPort} ${sshd.hostKey.publicText}\n`,
  );
  writeFileSync(home.knownHostsFile, known.join(''));
  writeFileSync(join(folder, 'admin-password'), adminPassword, { mode: 0o600 });
  const fleet: Fleet = {
    ...{ hosts, config, folder, refusing, locked },
    onMoment: () => undefined,
    state: () => [
      ...machines.flatMap((machine) => stateOf(machine).map((line) => `${machine.name} ${line}`)),
      ...services.state(),
    ],
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...hosts.values()].map(({ sshd }) => sshd[Symbol.asyncDispose]()));
      await Promise.all(machines.map((machine) => machine[Symbol.asyncDispose]()));
      await services[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return fleet;
}

function clusterFile(places: Readonly<Record<string, string>>, folder: string): string {
  const host = (name: string, roles: readonly string[] = []) => ({
    address: addresses[name],
    roles,
    ssh: { address: places[name] ?? '127.0.0.1', port: sshPort },
  });
  return stringify({
    name: 'ci',
    ssh: {
      user: 'ops',
      identityFile: join(folder, 'id_ed25519'),
      knownHostsFile: join(folder, 'known_hosts'),
    },
    masters: ['m1'],
    agents: ['a1'],
    hosts: { m1: host('m1'), a1: host('a1', ['gateway']) },
    jenkins: {
      main: controller({ admin: { password: { file: join(folder, 'admin-password') } } }),
    },
  });
}
