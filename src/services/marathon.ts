import { hostsWith, zookeeperUrl } from '../cluster/members.ts';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import type { Service } from './service.ts';

export const marathon: Service = {
  name: 'marathon',
  title: 'Marathon',
  phase: 'services',
  votes: false,
  hosts: (spec) => hostsWith(spec, 'marathon'),
  // Its state is in ZooKeeper.
  folders: () => [],
  files: () => [],
  container: ({ spec, host }) => ({
    name: 'ci-marathon',
    image: spec.images.marathon,
    command: [],
    env: environment(spec, host),
    mounts: [],
    hostPids: false,
    capabilities: [],
    stopSeconds: 15,
    listens: [spec.marathon.port],
    opensLater: [spec.marathon.libprocessPort],
  }),
};

/** Marathon 1.5+ exits with 112 at any MARATHON_ variable it does not know: only these are set. */
function environment(spec: ClusterSpec, host: Host): Record<string, string> {
  const { marathon: settings, mesos } = spec;
  return {
    JAVA_OPTS: `-Xmx${settings.heapMb}m`,
    LIBPROCESS_IP: host.address,
    LIBPROCESS_PORT: String(settings.libprocessPort),
    MARATHON_FRAMEWORK_NAME: 'marathon',
    MARATHON_HOSTNAME: host.address,
    MARATHON_HTTP_ADDRESS: host.address,
    MARATHON_HTTP_PORT: String(settings.port),
    MARATHON_MASTER: zookeeperUrl(spec, mesos.zookeeperPath),
    // The image's user is nobody (1.7+), and so would be the tasks'; taken at first registration only.
    MARATHON_MESOS_USER: 'root',
    // Staging includes the image pull, so it must not be shorter than the agents' time-out.
    MARATHON_TASK_LAUNCH_TIMEOUT: String(mesos.executorRegistrationTimeoutMs),
    MARATHON_ZK: zookeeperUrl(spec, settings.zookeeperPath),
    MARATHON_ZK_SESSION_TIMEOUT: String(settings.zookeeperSessionMs),
  };
}
