import type { ClusterSpec, Host, Role } from '../config/cluster-spec.ts';
import { hostsWith } from './members.ts';

/** Addresses with the ports on them by which the cluster, or the host, could be taken over. */
export interface ControlPlace {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

/**
 * Ports on a host that no build may reach; each lets whoever reaches it run things there. Those of
 * Jenkins are not among them: builds are for it.
 */
export function controlPorts(spec: ClusterSpec, host: Host): readonly number[] {
  const ofRoles = byRole
    .filter(({ roles }) => roles.some((role) => host.roles.includes(role)))
    .flatMap(({ ports }) => ports(spec));
  const all = [...ofRoles, ...dockerPorts, host.ssh.port];
  return [...new Set(all)].toSorted((one, other) => one - other);
}

/** Registered for the Docker API, without and with TLS; open only where somebody chose to. */
const dockerPorts = [2375, 2376];

const byRole: readonly {
  readonly roles: readonly Role[];
  readonly ports: (spec: ClusterSpec) => readonly number[];
}[] = [
  {
    roles: ['zookeeper'],
    ports: ({ zookeeper }) => [
      ...[zookeeper.clientPort, zookeeper.quorumPort, zookeeper.electionPort],
    ],
  },
  { roles: ['mesos-master'], ports: ({ mesos }) => [mesos.masterPort] },
  { roles: ['mesos-agent'], ports: ({ mesos }) => [mesos.agentPort] },
  {
    roles: ['marathon'],
    ports: ({ marathon }) => [marathon.port, marathon.libprocessPort],
  },
  {
    roles: ['gateway', 'mesos-agent'],
    ports: ({ gateway }) => [gateway.mesosPort, gateway.marathonPort],
  },
];

/**
 * The control ports of all hosts but one, hosts with the same ports together. Sorted, so that moving
 * a line in the cluster file changes no rule.
 */
export function controlPlacesBeside(spec: ClusterSpec, own: Host): readonly ControlPlace[] {
  const groups = new Map<string, ControlPlace>();
  const places = [
    ...spec.hosts
      .filter((host) => host !== own)
      .map((host) => ({ addresses: addressesOf(host), ports: controlPorts(spec, host) })),
    ...movingPlace(spec),
  ];
  for (const { addresses, ports } of places) {
    const key = ports.join();
    const known = groups.get(key)?.addresses ?? [];
    groups.set(key, { ports, addresses: [...new Set([...known, ...addresses])].toSorted() });
  }
  return [...groups.keys()].toSorted().flatMap((key) => groups.get(key) ?? []);
}

/** The address for SSH may be another one of the same host; of a name nobody knows the addresses. */
function addressesOf({ address, ssh }: Host): readonly string[] {
  return /^\d+(?:\.\d+){3}$/.test(ssh.address) ? [address, ssh.address] : [address];
}

/** The moving address is on any of the gateways. */
function movingPlace(spec: ClusterSpec): readonly ControlPlace[] {
  const { entrance } = spec.gateway;
  if (entrance.kind !== 'vip') return [];
  const ports = hostsWith(spec, 'gateway').flatMap((host) => controlPorts(spec, host));
  const unique = [...new Set(ports)].toSorted((one, other) => one - other);
  return [{ addresses: [entrance.address], ports: unique }];
}
