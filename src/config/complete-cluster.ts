import type { ClusterFile } from './cluster-schema.ts';
import type { GatewaySettings, RolloutSettings } from './cluster-spec.ts';
import { completeController } from './complete-controller.ts';
import { completeHosts } from './complete-hosts.ts';
import type { Path } from './fault.ts';
import type { Origin, ParsedCluster } from './parsed-cluster.ts';

export interface Completion extends Origin {
  /** Names in a mapping of the file, in its order. */
  readonly keys: (path: Path) => readonly string[];
}

/** Fills in what depends on other entries. Never fails: the checks come after it. */
export function completeCluster(file: ClusterFile, completion: Completion): ParsedCluster {
  const hosts = completeHosts(file, completion.keys(['hosts']), completion);
  const { name, environment, notice, images, folders } = file;
  const { docker, zookeeper, mesos, marathon } = file;
  return {
    ...{ name, environment, notice, hosts, images, folders },
    gateway: completeGateway(file.gateway),
    rollout: completeRollout(file.rollout),
    checks: file.checks,
    docker: {
      insecureRegistries: docker.insecureRegistries,
      registryMirrors: docker.registryMirrors,
      logMaxSizeMb: docker.logs.maxSize,
      logMaxFiles: docker.logs.maxFiles,
    },
    ...completeServices({ zookeeper, mesos, marathon }),
    jenkins: completion.keys(['jenkins']).flatMap((controller, index) => {
      const found = Object.hasOwn(file.jenkins, controller) ? file.jenkins[controller] : undefined;
      return found
        ? [
            completeController(found, {
              cluster: name,
              name: controller,
              index,
              hosts,
              vip: file.gateway.address === 'vip' ? file.gateway.vip?.address : undefined,
              folders,
              origin: completion,
            }),
          ]
        : [];
    }),
  };
}

function completeServices({
  zookeeper: { tickTime, heap: zookeeperHeap, ...zookeeper },
  mesos,
  marathon,
}: Pick<ClusterFile, 'zookeeper' | 'mesos' | 'marathon'>): Pick<
  ParsedCluster,
  'zookeeper' | 'mesos' | 'marathon'
> {
  return {
    zookeeper: { ...zookeeper, tickTimeMs: tickTime, heapMb: zookeeperHeap },
    mesos: {
      ...{ masterPort: mesos.masterPort, agentPort: mesos.agentPort },
      zookeeperPath: mesos.zookeeperPath,
      zookeeperSessionMs: mesos.zookeeperSession,
      agentPingTimeoutMs: mesos.agentPingTimeout,
      maxAgentPingTimeouts: mesos.maxAgentPingTimeouts,
      offerTimeoutMs: mesos.offerTimeout,
      executorRegistrationTimeoutMs: mesos.executorRegistrationTimeout,
    },
    marathon: {
      ...{ port: marathon.port, libprocessPort: marathon.libprocessPort },
      zookeeperPath: marathon.zookeeperPath,
      zookeeperSessionMs: marathon.zookeeperSession,
      heapMb: marathon.heap,
    },
  };
}

function completeRollout({ pause, ...rest }: ClusterFile['rollout']): RolloutSettings {
  return { ...rest, pauseMs: pause };
}

function completeGateway({
  mesosPort,
  marathonPort,
  address,
  vip,
}: ClusterFile['gateway']): GatewaySettings {
  if (address !== 'vip' || vip === undefined) {
    return { mesosPort, marathonPort, entrance: { kind: address === 'vip' ? 'dns' : address } };
  }
  const entrance = { kind: 'vip', ...vip, interface: vip.interface } as const;
  return { mesosPort, marathonPort, entrance };
}
