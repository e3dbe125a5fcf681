import type { CommandInfo, TaskInfo, Uri, Volume } from '../../shared/mesos.ts';
import type { AgentTemplate, ContainerTemplate } from './mesos-casc.ts';

/** What the JVM of the agent gets, whatever the template's memory is (`LaunchCommandBuilder.JVM_XMX`, plugin 2.0). */
export const jvmXmxMb = 32;

export interface AgentLaunch {
  readonly name: string;
  readonly secret: string;
  readonly jenkinsUrl: string;
  readonly template: AgentTemplate;
}

/** `LaunchCommandBuilder.build` and `SimpleTaskInfoBuilder` of the plugin 2.0 and USI. */
export function commandInfo(launch: AgentLaunch): CommandInfo {
  const command = agentCommand(launch);
  const uris = fetchUris(launch);
  if (launch.template.containerInfo === undefined) return { shell: true, value: command, uris };
  // One argument for the image's entry point, which therefore has to be a shell (`bash -c`).
  return { shell: false, arguments: [command], uris };
}

/** The two spaces are the plugin's: its JVM arguments are always empty. */
function agentCommand({ name, secret, jenkinsUrl, template }: AgentLaunch): string {
  const sandbox =
    template.agentCommandStyle === 'Windows' ? '%MESOS_SANDBOX%' : '${MESOS_SANDBOX-.}';
  const jnlpUrl = resolve(jenkinsUrl, `computer/${name}/slave-agent.jnlp`);
  return `java -DHUDSON_HOME=jenkins -server -Xmx${jvmXmxMb}m  -jar ${sandbox}/agent.jar ${template.jnlpArgs.trim()} -secret ${secret} -jnlpUrl ${jnlpUrl}`;
}

function fetchUris({ jenkinsUrl, template }: AgentLaunch): Uri[] {
  const agentJar = resolve(jenkinsUrl, 'jnlpJars/agent.jar');
  return [
    ...template.additionalURIs.map((uri) => ({ ...uri, cache: false })),
    { value: agentJar, executable: false, extract: false, cache: false },
  ];
}

/** As `new URL(base, path)` of Java: without a slash at its end the last part of the base is replaced. */
function resolve(base: string, path: string): string {
  return new URL(path, base).href;
}

type Container = NonNullable<TaskInfo['container']> & {
  readonly mesos?: {
    readonly image: { readonly type: 'DOCKER'; readonly docker: { readonly name: string } };
  };
};

/** `ContainerInfoTaskInfoBuilder.getContainerInfoBuilder`. */
export function containerInfo(name: string, template: ContainerTemplate): Container {
  const volumes = template.volumes.map(volume);
  if (template.type === 'MESOS') {
    const image = { type: 'DOCKER', docker: { name: template.dockerImage } } as const;
    const dind = template.isDind ? [dockerFolder] : [];
    return { type: 'MESOS', mesos: { image }, volumes: [...dind, ...volumes] };
  }
  return {
    type: 'DOCKER',
    docker: {
      image: template.dockerImage,
      privileged: template.dockerPrivilegedMode,
      force_pull_image: template.dockerForcePullImage,
      network: template.networking,
    },
    // Linux takes 64 characters; name and UUID are 51, so a long label makes Docker refuse the container.
    ...(template.networking === 'HOST' ? {} : { hostname: name }),
    volumes,
  };
}

const dockerFolder: Volume = {
  container_path: '/var/lib/docker',
  host_path: 'docker',
  mode: 'RW',
};

function volume({
  containerPath,
  hostPath,
  readOnly,
}: ContainerTemplate['volumes'][number]): Volume {
  return {
    container_path: containerPath,
    mode: readOnly ? 'RO' : 'RW',
    ...(hostPath === '' ? {} : { host_path: hostPath }),
  };
}
