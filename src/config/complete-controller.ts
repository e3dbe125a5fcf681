import type { ClusterFile } from './cluster-schema.ts';
import type { BuildAgentTemplate, Host, JenkinsHome } from './cluster-spec.ts';
import { folderOf, localPath } from './local-path.ts';
import type { Origin, ParsedController, SecretReference } from './parsed-cluster.ts';

type FileController = ClusterFile['jenkins'][string];

export interface Place {
  readonly cluster: string;
  readonly name: string;
  /** Of the controller in the file; the default ports count up by it. */
  readonly index: number;
  readonly hosts: readonly Host[];
  /** Address that moves between the gateways. */
  readonly vip: string | undefined;
  readonly folders: ClusterFile['folders'];
  readonly origin: Origin;
}

export function completeController(file: FileController, place: Place): ParsedController {
  const { name, index } = place;
  const gatewayPort = file.gatewayPort ?? 8081 + index;
  const home = homeOf(file, place);
  return {
    ...{ name, image: file.image, cpus: file.cpus, memoryMb: file.memory },
    port: file.port ?? 31_080 + index,
    agentPort: file.agentPort ?? 31_500 + index,
    gatewayPort,
    gatewayAgentPort: file.gatewayAgentPort ?? 50_000 + index,
    url: file.url ?? `http://${place.vip ?? entrance(home, place.hosts)}:${String(gatewayPort)}/`,
    home,
    admin: {
      user: file.admin.user,
      password: secretReference(file.admin.password, place.origin),
    },
    ...completeBuilds(file, place),
  };
}

function homeOf({ home }: FileController, { name, folders }: Place): JenkinsHome {
  if (home.kind === 'shared') return home;
  const { kind, host, backup } = home;
  return {
    ...{ kind, host },
    path: home.path ?? `${folders.data}/jenkins/${name}`,
    backup: {
      folder: backup.folder ?? `${folders.data}/backups/jenkins/${name}`,
      everyHours: Math.ceil(backup.every / 3_600_000),
      keep: backup.keep,
    },
  };
}

function completeBuilds(
  file: FileController,
  { cluster, name, origin }: Place,
): Pick<
  ParsedController,
  'plugins' | 'cascFolder' | 'framework' | 'keepBuilds' | 'buildAgents' | 'canary'
> {
  const { framework, keepBuilds, canary } = file;
  const buildAgents = Object.entries(file.buildAgents).map(completeBuildAgent);
  return {
    plugins: file.plugins,
    cascFolder: file.casc === undefined ? undefined : localPath(file.casc, origin),
    framework: {
      id: framework.id ?? `${cluster}-jenkins-${name}`,
      name: `jenkins-${name}`,
      role: framework.role ?? `jenkins-${name}`,
      weight: framework.weight,
      limit: { cpus: framework.limit.cpus, memoryMb: framework.limit.memory },
    },
    keepBuilds: { count: keepBuilds.count, days: keepBuilds.days },
    buildAgents,
    canary: {
      label: canary.label ?? buildAgents[0]?.label,
      repository: canary.repository,
      run: canary.run,
      artifacts: canary.artifacts,
    },
  };
}

function completeBuildAgent([label, file]: [
  string,
  FileController['buildAgents'][string],
]): BuildAgentTemplate {
  const { via, image, cpus, attributes, network, dockerSocket } = file;
  return {
    ...{ label, via, image, cpus, attributes, network, dockerSocket },
    memoryMb: file.memory,
    diskMb: file.disk ?? 0,
    idleMinutes: Math.ceil(file.idle / 60_000),
    count: via === 'marathon' ? (file.count ?? 1) : 0,
  };
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
