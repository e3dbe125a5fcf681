import type { ClusterSpec, Host, Role } from '../config/cluster-spec.ts';

/** Hosts with the role, in the order that every rendered list keeps. */
export function hostsWith(spec: ClusterSpec, role: Role): readonly Host[] {
  return spec.hosts.filter((host) => host.roles.includes(role));
}

/** How many members must agree. Two halves of a split cluster could both lead with fewer. */
export function quorum(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** How many of the `healthy` members may be lost before the rest has no quorum. */
export function failureTolerance(members: number, healthy: number): number {
  return Math.max(0, healthy - quorum(members));
}

export interface ZookeeperMember {
  readonly host: Host;
  /** The `N` of `server.N` and the content of `myid`. */
  readonly id: number;
}

export function zookeeperMembers(spec: ClusterSpec): readonly ZookeeperMember[] {
  return hostsWith(spec, 'zookeeper').map((host, index) => ({ host, id: index + 1 }));
}

/** `zk://10.0.0.11:2181,…/path`: addresses, never names, in the same order everywhere. */
export function zookeeperUrl(spec: ClusterSpec, path: string): string {
  const members = hostsWith(spec, 'zookeeper').map(
    ({ address }) => `${address}:${spec.zookeeper.clientPort}`,
  );
  return `zk://${members.join(',')}${path}`;
}

/** Hosts whose gateway serves loopback, people, or both. */
export function gatewayHosts(spec: ClusterSpec): readonly Host[] {
  return spec.hosts.filter(
    ({ roles }) => roles.includes('gateway') || roles.includes('mesos-agent'),
  );
}
