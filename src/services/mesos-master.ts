import { hostsWith, quorum, zookeeperUrl } from '../cluster/members.ts';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { mesosDuration } from './duration.ts';
import { root, type Service } from './service.ts';

export const mesosMaster: Service = {
  name: 'mesos-master',
  title: 'Mesos masters',
  phase: 'masters',
  votes: true,
  hosts: (spec) => hostsWith(spec, 'mesos-master'),
  folders: (spec) => [{ path: workFolder(spec), mode: '0755', owner: root }],
  files: () => [],
  container: ({ spec, host }) => ({
    name: 'ci-mesos-master',
    image: spec.images.mesosMaster,
    // The image's CMD is --registry=in_memory, and the command line beats the environment: without
    // this argument every failover would forget all agents.
    command: ['--registry=replicated_log'],
    env: environment(spec, host),
    mounts: [{ from: workFolder(spec), to: workFolder(spec), readOnly: false }],
    hostPids: false,
    capabilities: [],
    stopSeconds: 10,
    listens: [spec.mesos.masterPort],
    opensLater: [],
  }),
};

function workFolder(spec: ClusterSpec): string {
  return `${spec.folders.data}/mesos-master`;
}

function environment(spec: ClusterSpec, host: Host): Record<string, string> {
  const { mesos } = spec;
  return {
    MESOS_AGENT_PING_TIMEOUT: mesosDuration(mesos.agentPingTimeoutMs),
    MESOS_CLUSTER: spec.name,
    MESOS_HOSTNAME: host.address,
    MESOS_HOSTNAME_LOOKUP: 'false',
    MESOS_IP: host.address,
    MESOS_MAX_AGENT_PING_TIMEOUTS: String(mesos.maxAgentPingTimeouts),
    MESOS_OFFER_TIMEOUT: mesosDuration(mesos.offerTimeoutMs),
    MESOS_PORT: String(mesos.masterPort),
    MESOS_QUORUM: String(quorum(hostsWith(spec, 'mesos-master').length)),
    MESOS_WORK_DIR: workFolder(spec),
    MESOS_ZK: zookeeperUrl(spec, mesos.zookeeperPath),
    MESOS_ZK_SESSION_TIMEOUT: mesosDuration(mesos.zookeeperSessionMs),
  };
}
