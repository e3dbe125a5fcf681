import { hostsWith } from '../cluster/members.ts';
import type {
  BuildAgentTemplate,
  ClusterSpec,
  Host,
  JenkinsController,
} from '../config/cluster-spec.ts';
import { nodeNames } from '../config/node-names.ts';
import {
  neverTwice,
  replacedAtOnce,
  singleInstance,
  soonAgain,
  type MarathonApp,
} from './marathon-app.ts';
import { root, serviceUser, type Folder } from './service.ts';

/** A build agent that Marathon keeps running: a node that Jenkins knows by this name. */
export interface BuildNode {
  readonly name: string;
  readonly template: BuildAgentTemplate;
}

export function buildNodes(controller: JenkinsController): readonly BuildNode[] {
  return controller.buildAgents.flatMap((template) =>
    nodeNames(template).map((name) => ({ name, template })),
  );
}

/** Mesos agents that a build agent may be launched on. */
export function templateHosts(spec: ClusterSpec, { attributes }: BuildAgentTemplate): Host[] {
  return hostsWith(spec, 'mesos-agent').filter(({ agent }) =>
    Object.entries(attributes).every(([name, value]) => agent.attributes[name] === value),
  );
}

/** Inside the container, where Docker tasks have their sandbox (Mesos' default); goes with the task. */
export const workFolder = '/mnt/mesos/sandbox/work';

function nodeAppId(controller: JenkinsController, node: string): string {
  return `/ci/${controller.name}-agents/${node}`;
}

function nodeFolder(spec: ClusterSpec, controller: JenkinsController, node: string): string {
  return `${spec.folders.config}/jenkins/${controller.name}/agents/${node}`;
}

/** Readable for root and for uid 1000, whichever the image of the build agent runs as. */
export const secretFile = { name: 'agent', mode: '0400', owner: serviceUser } as const;

export function secretPath(spec: ClusterSpec, controller: JenkinsController, node: string): string {
  return `${nodeFolder(spec, controller, node)}/${secretFile.name}`;
}

/** Nodes that may run on the host, with their controller. */
export function nodesOn(
  spec: ClusterSpec,
  host: Host,
): readonly { readonly controller: JenkinsController; readonly node: BuildNode }[] {
  return spec.jenkins.flatMap((controller) =>
    buildNodes(controller)
      .filter(({ template }) => templateHosts(spec, template).includes(host))
      .map((node) => ({ controller, node })),
  );
}

/** One folder for each node: a container sees the secret of its own only. */
export function buildAgentFolders(spec: ClusterSpec, host: Host): Folder[] {
  const nodes = nodesOn(spec, host);
  const shared = nodes.flatMap(({ controller }) => [
    `${spec.folders.config}/jenkins`,
    `${spec.folders.config}/jenkins/${controller.name}`,
    `${spec.folders.config}/jenkins/${controller.name}/agents`,
  ]);
  return [
    ...[...new Set(shared)].map((path) => ({ path, mode: '0755', owner: root })),
    ...nodes.map(({ controller, node }) => ({
      path: nodeFolder(spec, controller, node.name),
      mode: '0500',
      owner: serviceUser,
    })),
  ];
}

/** Images of build agents of both ways that may come to the host: a first build should not wait for them. */
export function buildAgentImages(spec: ClusterSpec, host: Host): string[] {
  return spec.jenkins.flatMap(({ buildAgents }) =>
    buildAgents
      .filter((template) => templateHosts(spec, template).includes(host))
      .map(({ image }) => image),
  );
}

/** The secret is mounted: a definition is readable for everybody who reaches Marathon. */
export function buildAgentApp(
  spec: ClusterSpec,
  controller: JenkinsController,
  { name, template }: BuildNode,
): MarathonApp {
  return {
    id: nodeAppId(controller, name),
    ...neverTwice,
    cpus: template.cpus,
    mem: template.memoryMb,
    disk: template.diskMb,
    user: 'root',
    cmd: command(controller, name, template),
    // From the controller itself, so that it always fits; the host fetches it, not the container.
    fetch: [
      {
        uri: `${controller.url}jnlpJars/agent.jar`,
        extract: false,
        executable: false,
        cache: false,
      },
    ],
    networks: [{ mode: template.network === 'host' ? 'host' : 'container/bridge' }],
    // Without these Marathon would take a port for each.
    ...(template.network === 'host' ? { portDefinitions: [] } : {}),
    container: {
      type: 'DOCKER',
      docker: { image: template.image, forcePullImage: false },
      volumes: volumes(spec, controller, { name, template }),
      ...(template.network === 'host' ? {} : { portMappings: [] }),
    },
    constraints: Object.entries(template.attributes).map(([key, value]) => [key, 'IS', value]),
    unreachableStrategy: replacedAtOnce,
    ...soonAgain,
    labels: { ...singleInstance },
  };
}

/** Marathon runs it by a shell in the place of the image's entry point. */
function command(
  controller: JenkinsController,
  name: string,
  { memoryMb }: BuildAgentTemplate,
): string {
  return [
    `exec java -Xmx${heapMb(memoryMb)}m -jar "$MESOS_SANDBOX/agent.jar"`,
    `-url '${controller.url}' -name '${name}'`,
    `-secret @/run/secrets/${secretFile.name} -workDir "$MESOS_SANDBOX/work"`,
  ].join(' ');
}

/** An eighth is for passing on logs and artefacts; the rest is the build's. */
function heapMb(memoryMb: number): number {
  return Math.min(256, Math.max(32, Math.floor(memoryMb / 8)));
}

function volumes(spec: ClusterSpec, controller: JenkinsController, node: BuildNode): unknown[] {
  const socket = '/var/run/docker.sock';
  const secrets = nodeFolder(spec, controller, node.name);
  return [
    { containerPath: '/run/secrets', hostPath: secrets, mode: 'RO' },
    ...(node.template.dockerSocket
      ? [{ containerPath: socket, hostPath: socket, mode: 'RW' }]
      : []),
  ];
}
