import type { Host, Role } from './cluster-spec.ts';
import type { Path } from './fault.ts';
import type { ParsedCluster, ParsedController } from './parsed-cluster.ts';

/** A port that something of ours opens on a host. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** The entry of the cluster file that decides the port. */
  readonly path: Path;
  /** Taken from the ports that the host offers to Mesos. */
  readonly offered: boolean;
}

/** Everything that listens on a host. Containers share the host's network, so no port is used twice. */
export function listeners(spec: ParsedCluster, host: Host): Listener[] {
  const fixed = byRole
    .filter(({ roles }) => roles.some((role) => host.roles.includes(role)))
    .flatMap(({ ports }) => ports(spec))
    .map(([path, port]) => ({ host: host.name, port, path, offered: false }));
  const ofJenkins = spec.jenkins
    .filter((controller) => mayRunOn(controller, host))
    .flatMap((controller) => controllerPorts(controller, ['port', 'agentPort']))
    .map(([path, port]) => ({ host: host.name, port, path, offered: true }));
  return [...sshListener(host), ...fixed, ...ofJenkins];
}

export function mayRunOn({ home }: ParsedController, host: Host): boolean {
  return home.kind === 'pinned' ? home.host === host.name : host.roles.includes('mesos-agent');
}

type Port = readonly [Path, number];

const byRole: readonly {
  readonly roles: readonly Role[];
  readonly ports: (spec: ParsedCluster) => readonly Port[];
}[] = [
  {
    roles: ['zookeeper'],
    ports: ({ zookeeper }) => [
      [['zookeeper', 'clientPort'], zookeeper.clientPort],
      [['zookeeper', 'quorumPort'], zookeeper.quorumPort],
      [['zookeeper', 'electionPort'], zookeeper.electionPort],
    ],
  },
  { roles: ['mesos-master'], ports: ({ mesos }) => [[['mesos', 'masterPort'], mesos.masterPort]] },
  { roles: ['mesos-agent'], ports: ({ mesos }) => [[['mesos', 'agentPort'], mesos.agentPort]] },
  {
    roles: ['marathon'],
    ports: ({ marathon }) => [
      [['marathon', 'port'], marathon.port],
      [['marathon', 'libprocessPort'], marathon.libprocessPort],
    ],
  },
  { roles: ['gateway', 'mesos-agent'], ports: gatewayPorts },
];

function gatewayPorts({ gateway, jenkins }: ParsedCluster): Port[] {
  return [
    [['gateway', 'mesosPort'], gateway.mesosPort],
    [['gateway', 'marathonPort'], gateway.marathonPort],
    ...jenkins.flatMap((one) => controllerPorts(one, ['gatewayPort', 'gatewayAgentPort'])),
  ];
}

type PortName = 'port' | 'agentPort' | 'gatewayPort' | 'gatewayAgentPort';

function controllerPorts(controller: ParsedController, names: readonly PortName[]): Port[] {
  return names.map((name) => [['jenkins', controller.name, name], controller[name]]);
}

/** Known only where the connection goes straight to the service address. */
function sshListener({ name, address, ssh }: Host): Listener[] {
  if (ssh.address !== address) return [];
  return [{ host: name, port: ssh.port, path: ['hosts', name, 'ssh', 'port'], offered: false }];
}
