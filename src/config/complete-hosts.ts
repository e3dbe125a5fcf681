import type { BastionTarget, SshTarget } from '../ports.ts';
import { type Host, type Role, roles } from './cluster-spec.ts';
import type { ClusterFile } from './cluster-schema.ts';
import { localPath } from './local-path.ts';
import type { Origin } from './parsed-cluster.ts';

type FileHost = ClusterFile['hosts'][string];
type FileBastion = NonNullable<ClusterFile['ssh']['bastion']>;

const groups = {
  masters: ['zookeeper', 'mesos-master', 'marathon'],
  agents: ['mesos-agent'],
} as const satisfies Record<string, readonly Role[]>;

/** Hosts in the order of `names`. */
export function completeHosts(file: ClusterFile, names: readonly string[], origin: Origin): Host[] {
  return names.flatMap((name) => {
    const host = Object.hasOwn(file.hosts, name) ? file.hosts[name] : undefined;
    return host ? [completeHost(name, host, { file, origin })] : [];
  });
}

interface Surroundings {
  readonly file: ClusterFile;
  readonly origin: Origin;
}

function completeHost(name: string, host: FileHost, around: Surroundings): Host {
  const { cpus, memory, disk, ports } = host.resources;
  return {
    ...{ name, address: host.address },
    roles: roles.filter((role) => rolesOf(name, host, around.file).has(role)),
    ssh: sshTarget(name, host, around),
    agent: {
      attributes: host.attributes,
      resources: { cpus, memoryMb: memory, diskMb: disk, ports },
    },
  };
}

function rolesOf(name: string, host: FileHost, file: ClusterFile): Set<Role> {
  return new Set([
    ...host.roles,
    ...(file.masters.includes(name) ? groups.masters : []),
    ...(file.agents.includes(name) ? groups.agents : []),
  ]);
}

function sshTarget(name: string, host: FileHost, { file, origin }: Surroundings): SshTarget {
  const { ssh } = file;
  const identityFile = localPath(host.ssh.identityFile ?? ssh.identityFile, origin);
  const knownHostsFile = localPath(host.ssh.knownHostsFile ?? ssh.knownHostsFile, origin);
  const target = {
    ...{ host: name, address: host.ssh.address ?? host.address, port: host.ssh.port ?? ssh.port },
    ...{ user: host.ssh.user ?? ssh.user, identityFile, knownHostsFile },
    hostKey: host.ssh.hostKey,
  };
  const bastion = host.ssh.bastion ?? ssh.bastion;
  return { ...target, bastion: bastion && bastionTarget(bastion, target, origin) };
}

function bastionTarget(bastion: FileBastion, target: BastionTarget, origin: Origin): BastionTarget {
  const path = (own: string | undefined, common: string) =>
    own === undefined ? common : localPath(own, origin);
  return {
    ...{ host: 'bastion', address: bastion.address, port: bastion.port },
    user: bastion.user ?? target.user,
    identityFile: path(bastion.identityFile, target.identityFile),
    knownHostsFile: path(bastion.knownHostsFile, target.knownHostsFile),
    hostKey: bastion.hostKey,
  };
}
