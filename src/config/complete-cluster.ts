import type { ClusterFile } from './cluster-schema.ts';
import type { Host, JenkinsHome } from './cluster-spec.ts';
import { completeHosts } from './complete-hosts.ts';
import type { Path } from './fault.ts';
import { folderOf, localPath } from './local-path.ts';
import type { Origin, ParsedCluster, ParsedController, SecretReference } from './parsed-cluster.ts';

export interface Completion extends Origin {
  /** Names in a mapping of the file, in its order. */
  readonly keys: (path: Path) => readonly string[];
}

type FileController = ClusterFile['jenkins'][string];

/** Fills in what depends on other entries. Never fails: the checks come after it. */
export function completeCluster(file: ClusterFile, completion: Completion): ParsedCluster {
  const hosts = completeHosts(file, completion.keys(['hosts']), completion);
  const { name, environment, notice, images, folders, gateway } = file;
  const { docker, zookeeper, mesos, marathon } = file;
  return {
    ...{ name, environment, notice, hosts, images, folders, gateway },
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
              name: controller,
              index,
              hosts,
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

interface Place {
  readonly name: string;
  /** Of the controller in the file; the default ports count up by it. */
  readonly index: number;
  readonly hosts: readonly Host[];
  readonly folders: ClusterFile['folders'];
  readonly origin: Origin;
}

function completeController(file: FileController, place: Place): ParsedController {
  const { name, index } = place;
  const gatewayPort = file.gatewayPort ?? 8081 + index;
  const home = homeOf(file, place);
  return {
    ...{ name, image: file.image, cpus: file.cpus, memoryMb: file.memory },
    port: file.port ?? 31_080 + index,
    agentPort: file.agentPort ?? 31_500 + index,
    gatewayPort,
    gatewayAgentPort: file.gatewayAgentPort ?? 50_000 + index,
    url: file.url ?? `http://${entrance(home, place.hosts)}:${String(gatewayPort)}/`,
    home,
    admin: {
      user: file.admin.user,
      password: secretReference(file.admin.password, place.origin),
    },
  };
}

function homeOf({ home }: FileController, { name, folders }: Place): JenkinsHome {
  if (home.kind === 'shared') return home;
  return { ...home, path: home.path ?? `${folders.data}/jenkins/${name}` };
}

/** Address that people can type: gateways first, as they stay when the controller moves. */
function entrance(home: JenkinsHome, hosts: readonly Host[]): string {
  const choices = [
    hosts.find(({ roles }) => roles.includes('gateway')),
    hosts.find(({ name }) => home.kind === 'pinned' && name === home.host),
    hosts.find(({ roles }) => roles.includes('mesos-agent')),
  ];
  return choices.find((host) => host !== undefined)?.address ?? '127.0.0.1';
}

function secretReference(
  { file, env, command }: FileController['admin']['password'],
  origin: Origin,
): SecretReference {
  if (file !== undefined) return { kind: 'file', path: localPath(file, origin) };
  if (env !== undefined) return { kind: 'env', name: env };
  const [program = '', ...words] = command ?? [];
  return { kind: 'command', argv: [program, ...words], folder: folderOf(origin) || '.' };
}
