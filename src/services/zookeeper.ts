import { hostsWith, zookeeperMembers } from '../cluster/members.ts';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { render } from './render.ts';
import { root, serviceUser, type RenderInput, type Service } from './service.ts';

export const zookeeper: Service = {
  name: 'zookeeper',
  title: 'ZooKeeper',
  phase: 'ensemble',
  votes: true,
  hosts: (spec) => hostsWith(spec, 'zookeeper'),
  folders: (spec) => [
    { path: `${spec.folders.config}/zookeeper`, mode: '0755', owner: root },
    { path: dataFolder(spec), mode: '0755', owner: root },
    ...['data', 'datalog', 'logs'].map((name) => ({
      path: `${dataFolder(spec)}/${name}`,
      mode: '0750',
      owner: serviceUser,
    })),
  ],
  files: ({ spec, host, templates }) => [
    {
      path: configPath(spec),
      content: render(templates, 'zookeeper/zoo.cfg', configValues(spec)),
      mode: '0644',
      owner: root,
    },
    {
      path: myidPath(spec),
      content: `${memberId(spec, host)}\n`,
      mode: '0644',
      owner: serviceUser,
    },
  ],
  container: ({ spec, host }: RenderInput) => ({
    name: 'ci-zookeeper',
    image: spec.images.zookeeper,
    command: [],
    // A mounted zoo.cfg switches the image's ZOO_* settings off, all but this one (3.9 image).
    env: {
      ZOO_MY_ID: String(memberId(spec, host)),
      JVMFLAGS: `-Xms${spec.zookeeper.heapMb}m -Xmx${spec.zookeeper.heapMb}m`,
    },
    mounts: [
      // The single file: a mounted folder would hide the image's logback.xml.
      { from: configPath(spec), to: '/conf/zoo.cfg', readOnly: true },
      ...['data', 'datalog', 'logs'].map((name) => ({
        from: `${dataFolder(spec)}/${name}`,
        to: `/${name}`,
        readOnly: false,
      })),
    ],
    hostPids: false,
    capabilities: [],
    stopSeconds: 30,
    listens: ports(spec),
    opensLater: zookeeperMembers(spec).length === 1 ? [] : [spec.zookeeper.quorumPort],
  }),
};

export function myidPath(spec: ClusterSpec): string {
  return `${dataFolder(spec)}/data/myid`;
}

export function memberId(spec: ClusterSpec, host: Host): number {
  const member = zookeeperMembers(spec).find((candidate) => candidate.host.name === host.name);
  if (member === undefined) throw new Error(`${host.name} is no ZooKeeper member`);
  return member.id;
}

/** A single member runs standalone and opens no election port (3.8). */
function ports(spec: ClusterSpec): readonly number[] {
  const { clientPort, electionPort } = spec.zookeeper;
  return zookeeperMembers(spec).length === 1 ? [clientPort] : [clientPort, electionPort];
}

function dataFolder(spec: ClusterSpec): string {
  return `${spec.folders.data}/zookeeper`;
}

function configPath(spec: ClusterSpec): string {
  return `${spec.folders.config}/zookeeper/zoo.cfg`;
}

function configValues(spec: ClusterSpec): Record<string, unknown> {
  const members = zookeeperMembers(spec);
  return {
    cluster: spec.name,
    ...spec.zookeeper,
    standalone: members.length === 1,
    members: members.map(({ id, host }) => ({ id, address: host.address })),
  };
}
