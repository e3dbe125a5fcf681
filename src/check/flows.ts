import { hostsWith, zookeeperMembers } from '../cluster/members.ts';
import type { ClusterSpec, Host, Role } from '../config/cluster-spec.ts';
import type { ServiceName } from '../services/service.ts';
import { eligibleHosts } from '../services/jenkins.ts';

/** A connection that the stack makes: between two hosts, to one port. */
export interface Flow {
  readonly from: Host;
  readonly to: Host;
  readonly port: number;
  /** Who listens there. */
  readonly use: string;
}

/** Every connection from one host to another that the cluster file leads to. */
export function flows(spec: ClusterSpec): readonly Flow[] {
  return listeners(spec).flatMap(({ to, port, use, from }) =>
    from.filter((host) => host.name !== to.name).map((host) => ({ from: host, to, port, use })),
  );
}

interface Listening {
  readonly to: Host;
  readonly port: number;
  readonly use: string;
  readonly from: readonly Host[];
}

/** What listens on the service address of each host, and who connects to it. */
function listeners(spec: ClusterSpec): Listening[] {
  return [...ofRoles(spec), ...ofGateways(spec), ...ofControllers(spec)];
}

interface Rule {
  readonly role: Role;
  readonly use: string;
  readonly from: readonly Role[];
  readonly ports: (spec: ClusterSpec) => readonly number[];
}

const rules: readonly Rule[] = [
  {
    role: 'zookeeper',
    use: 'ZooKeeper',
    from: ['zookeeper', 'mesos-master', 'mesos-agent', 'marathon'],
    ports: ({ zookeeper }) => [zookeeper.clientPort],
  },
  {
    role: 'zookeeper',
    use: 'ZooKeeper',
    from: ['zookeeper'],
    // A single member runs standalone and opens neither (3.8).
    ports: (spec) =>
      zookeeperMembers(spec).length === 1
        ? []
        : [spec.zookeeper.quorumPort, spec.zookeeper.electionPort],
  },
  {
    role: 'mesos-master',
    use: 'Mesos master',
    // Gateways are on Mesos agents, too.
    from: ['mesos-master', 'mesos-agent', 'marathon', 'gateway'],
    ports: ({ mesos }) => [mesos.masterPort],
  },
  {
    role: 'mesos-agent',
    use: 'Mesos agent',
    from: ['mesos-master'],
    ports: ({ mesos }) => [mesos.agentPort],
  },
  {
    role: 'marathon',
    use: 'Marathon',
    from: ['marathon', 'mesos-agent', 'gateway'],
    ports: ({ marathon }) => [marathon.port],
  },
  {
    // The masters call back: the framework would register, and then never get an offer.
    role: 'marathon',
    use: 'Marathon (libprocess)',
    from: ['mesos-master'],
    ports: ({ marathon }) => [marathon.libprocessPort],
  },
];

function ofRoles(spec: ClusterSpec): Listening[] {
  return rules.flatMap(({ role, use, from, ports }) =>
    hostsWith(spec, role).flatMap((to) =>
      ports(spec).map((port) => ({ to, port, use, from: anyOf(spec, from) })),
    ),
  );
}

function anyOf({ hosts }: ClusterSpec, roles: readonly Role[]): Host[] {
  return hosts.filter((host) => host.roles.some((role) => roles.includes(role)));
}

/** Build agents come in through the gateways that people use, from every Mesos agent. */
function ofGateways(spec: ClusterSpec): Listening[] {
  const from = hostsWith(spec, 'mesos-agent');
  return hostsWith(spec, 'gateway').flatMap((to) =>
    spec.jenkins
      .flatMap(({ gatewayPort, gatewayAgentPort }) => [gatewayPort, gatewayAgentPort])
      .map((port) => ({ to, port, use: 'gateway', from })),
  );
}

function ofControllers(spec: ClusterSpec): Listening[] {
  return spec.jenkins.flatMap((controller) =>
    eligibleHosts(spec, controller).flatMap((to) =>
      [controller.port, controller.agentPort].map((port) => ({
        ...{ to, port, use: `Jenkins ${controller.name}` },
        from: anyOf(spec, ['gateway', 'mesos-agent']),
      })),
    ),
  );
}

/** Services of ours that open the port on their host, now or when they lead. */
export function openersOf({ use }: Pick<Flow, 'use'>): readonly ServiceName[] {
  if (use === 'ZooKeeper') return ['zookeeper'];
  if (use === 'Mesos master') return ['mesos-master'];
  if (use.startsWith('Marathon')) return ['marathon'];
  if (use === 'gateway') return ['gateway'];
  // Mesos hands the ports of Jenkins out.
  return ['mesos-agent'];
}
