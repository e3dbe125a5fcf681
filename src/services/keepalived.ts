import { hostsWith } from '../cluster/members.ts';
import type { ClusterSpec, Entrance, Host } from '../config/cluster-spec.ts';
import { render } from './render.ts';
import { root, type RenderInput, type Service } from './service.ts';

/** Moves one address between the gateways (VRRP), where the cluster file wants that. */
export const keepalived: Service = {
  name: 'keepalived',
  title: 'Address of the gateways',
  phase: 'services',
  votes: false,
  hosts: (spec) => (spec.gateway.entrance.kind === 'vip' ? hostsWith(spec, 'gateway') : []),
  folders: (spec) => [{ path: configFolder(spec), mode: '0755', owner: root }],
  files: (input) => [
    {
      path: `${configFolder(input.spec)}/keepalived.conf`,
      content: render(input.templates, 'keepalived/keepalived.conf', configValues(input)),
      mode: '0644',
      owner: root,
    },
    {
      path: `${configFolder(input.spec)}/check-gateway`,
      content: render(input.templates, 'keepalived/check-gateway', {
        port: input.spec.gateway.mesosPort,
      }),
      mode: '0755',
      owner: root,
    },
  ],
  container: ({ spec }) => ({
    name: 'ci-keepalived',
    image: spec.images.keepalived ?? '',
    command: [],
    env: {},
    mounts: [{ from: configFolder(spec), to: '/etc/keepalived', readOnly: true }],
    hostPids: false,
    // For the address, for VRRP packets, and for telling the network about the address.
    capabilities: ['NET_ADMIN', 'NET_RAW', 'NET_BROADCAST'],
    // It gives the address away when it is told to end.
    stopSeconds: 5,
    listens: [],
    opensLater: [],
  }),
};

function configFolder(spec: ClusterSpec): string {
  return `${spec.folders.config}/keepalived`;
}

function configValues({ spec, host, interface: found }: RenderInput): Record<string, unknown> {
  const { address, interface: wanted, routerId } = vipOf(spec);
  const members = inFixedOrder(spec);
  return {
    cluster: spec.name,
    host: host.name,
    interface: wanted ?? found ?? '',
    routerId,
    priority: Math.max(1, highestPriority - members.indexOf(host)),
    address: host.address,
    peers: members.filter((member) => member !== host).map((member) => member.address),
    vip: address,
  };
}

/** Below the 255 that VRRP keeps for the owner of an address. */
const highestPriority = 200;

function vipOf({ gateway: { entrance } }: ClusterSpec): Extract<Entrance, { kind: 'vip' }> {
  if (entrance.kind !== 'vip') throw new Error('keepalived without an address to move');
  return entrance;
}

/** Moving a line in the cluster file changes no priority. */
function inFixedOrder(spec: ClusterSpec): readonly Host[] {
  return keepalived.hosts(spec).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
