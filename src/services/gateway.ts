import { gatewayHosts, hostsWith } from '../cluster/members.ts';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { eligibleHosts } from './jenkins.ts';
import { render } from './render.ts';
import { root, type Service } from './service.ts';

export const gateway: Service = {
  name: 'gateway',
  title: 'Gateways',
  phase: 'services',
  votes: false,
  hosts: gatewayHosts,
  folders: (spec) => [{ path: configFolder(spec), mode: '0755', owner: root }],
  files: ({ spec, host, templates }) => [
    {
      path: `${configFolder(spec)}/haproxy.cfg`,
      content: render(templates, 'gateway/haproxy.cfg', configValues(spec, host)),
      mode: '0644',
      owner: root,
    },
  ],
  container: ({ spec }) => ({
    name: 'ci-gateway',
    image: spec.images.haproxy,
    command: [],
    env: {},
    mounts: [{ from: configFolder(spec), to: '/usr/local/etc/haproxy', readOnly: true }],
    hostPids: false,
    capabilities: [],
    stopSeconds: 5,
    listens: [spec.gateway.mesosPort, spec.gateway.marathonPort],
    opensLater: spec.jenkins.flatMap(({ gatewayPort, gatewayAgentPort }) => [
      gatewayPort,
      gatewayAgentPort,
    ]),
  }),
};

function configFolder(spec: ClusterSpec): string {
  return `${spec.folders.config}/gateway`;
}

interface Bind {
  readonly address: string;
  readonly options: string;
}

/**
 * Loopback for what runs on the host; the service address only where people are meant to come in, and
 * there the moving one, too, also while another host has it: `transparent` makes HAProxy ask for
 * IP_FREEBIND, which needs no privilege (tried with 2.6 as an ordinary user).
 */
function binds({ gateway: { entrance } }: ClusterSpec, host: Host): readonly Bind[] {
  const plain = (address: string): Bind => ({ address, options: '' });
  if (!host.roles.includes('gateway')) return [plain('127.0.0.1')];
  const moving =
    entrance.kind === 'vip' ? [{ address: entrance.address, options: ' transparent' }] : [];
  return [plain('127.0.0.1'), plain(host.address), ...moving];
}

function configValues(spec: ClusterSpec, host: Host): Record<string, unknown> {
  return {
    cluster: spec.name,
    host: host.name,
    binds: binds(spec, host),
    mesosPort: spec.gateway.mesosPort,
    marathonPort: spec.gateway.marathonPort,
    masterPort: spec.mesos.masterPort,
    marathonBackendPort: spec.marathon.port,
    masters: places(hostsWith(spec, 'mesos-master')),
    marathons: places(hostsWith(spec, 'marathon')),
    controllers: spec.jenkins.map((controller) => ({
      ...controller,
      hosts: places(eligibleHosts(spec, controller)),
    })),
  };
}

function places(hosts: readonly Host[]): { name: string; address: string }[] {
  return hosts.map(({ name, address }) => ({ name, address }));
}
