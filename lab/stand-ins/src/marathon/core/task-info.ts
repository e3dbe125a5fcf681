import { usesHostNetwork } from '../app/parse-app.ts';
import type { App } from '../app/app-schema.ts';
import type { CommandInfo, TaskInfo } from '../../shared/mesos.ts';
import { mesosHealthCheck } from './mesos-health-check.ts';
import { portAssignments, type PortAssignment } from './port-assignments.ts';
import { resourcesOf, type Taken } from './resources.ts';
import { taskEnvironment } from './task-environment.ts';

export interface Launch {
  readonly app: App;
  readonly taskId: string;
  readonly agentId: string;
  readonly host: string;
  readonly taken: Taken;
  readonly role: string;
}

type ContainerInfo = NonNullable<TaskInfo['container']>;

/** `TaskBuilder.scala` of Marathon 1.10, for the command executor. */
export function taskInfo(launch: Launch): TaskInfo {
  const { app, taskId, agentId } = launch;
  const ports = portAssignments(app, launch.taken.ports);
  const container = containerInfo(app, ports);
  const grace = app.taskKillGracePeriodSeconds;
  const health = mesosHealthCheck(app, launch.taken.ports);
  return {
    name: hostnameForm(app.id),
    task_id: { value: taskId },
    agent_id: { value: agentId },
    resources: resourcesOf(launch.taken, launch.role),
    command: commandInfo(launch),
    ...(container === undefined ? {} : { container }),
    ...(health === undefined ? {} : { health_check: health }),
    ...(grace === undefined ? {} : { kill_policy: killPolicy(grace) }),
    ...labels(app.labels),
    discovery: {
      visibility: 'FRAMEWORK',
      name: hostnameForm(app.id),
      ports: { ports: ports.flatMap(discoveredPorts) },
    },
  };
}

export function killPolicy(graceSeconds: number): { grace_period: { nanoseconds: number } } {
  return { grace_period: { nanoseconds: graceSeconds * 1e9 } };
}

/** `/ci/jenkins` becomes `jenkins.ci`, as service discovery by DNS likes it. */
function hostnameForm(id: string): string {
  return id.slice(1).split('/').reverse().join('.');
}

function labels(given: Readonly<Record<string, string>>): Pick<TaskInfo, 'labels'> {
  const pairs = Object.entries(given).map(([key, value]) => ({ key, value }));
  return pairs.length === 0 ? {} : { labels: { labels: pairs } };
}

function discoveredPorts({ name, protocol, hostPort, ...port }: PortAssignment): object[] {
  const number = hostPort ?? port.containerPort;
  if (number === undefined) return [];
  const named = name === undefined ? {} : { name };
  return protocol
    .split(',')
    .map((one) => ({ number, ...named, protocol: one, ...labels(port.labels) }));
}

function commandInfo({ app, taskId, host, taken }: Launch): CommandInfo {
  const env = taskEnvironment({ app, taskId, host, ports: taken.ports });
  const uris = app.fetch.map(({ uri, extract, executable, cache, destPath }) => ({
    value: uri,
    extract,
    executable,
    cache,
    ...(destPath === undefined ? {} : { output_file: destPath }),
  }));
  return {
    ...words(app),
    ...(app.user === undefined ? {} : { user: app.user }),
    ...(uris.length === 0 ? {} : { uris }),
    environment: { variables: Object.entries(env).map(([name, value]) => ({ name, value })) },
  };
}

/** Without a command the image's own entry point runs, with `args` as its arguments. */
function words({ cmd, args, container }: App): CommandInfo {
  if (cmd !== undefined) return { shell: true, value: cmd };
  if (args === undefined) return { shell: false };
  // Without an image the first one is the program, and stands in both places.
  const [program] = container === undefined ? args : [];
  return { shell: false, ...(program === undefined ? {} : { value: program }), arguments: args };
}

function containerInfo(app: App, ports: readonly PortAssignment[]): ContainerInfo | undefined {
  const { container } = app;
  if (container === undefined) return undefined;
  const volumes = container.volumes.map(({ containerPath, hostPath = '', mode }) => ({
    container_path: containerPath,
    host_path: hostPath,
    mode,
  }));
  const named = app.networks.flatMap(({ name }) => (name === undefined ? [] : [{ name }]));
  return {
    type: container.type,
    volumes,
    ...(named.length === 0 ? {} : { network_infos: named }),
    ...(container.docker === undefined ? {} : { docker: dockerInfo(app, container.docker, ports) }),
  };
}

function dockerInfo(
  app: App,
  docker: NonNullable<NonNullable<App['container']>['docker']>,
  ports: readonly PortAssignment[],
): NonNullable<ContainerInfo['docker']> {
  return {
    image: docker.image,
    network: network(app),
    privileged: docker.privileged,
    force_pull_image: docker.forcePullImage,
    parameters: docker.parameters,
    ...(usesHostNetwork(app) ? {} : { port_mappings: ports.flatMap(published) }),
  };
}

function network(app: App): 'HOST' | 'BRIDGE' | 'USER' {
  if (usesHostNetwork(app)) return 'HOST';
  return app.networks.some(({ mode }) => mode === 'container/bridge') ? 'BRIDGE' : 'USER';
}

function published({
  hostPort,
  containerPort,
  protocol,
}: PortAssignment): { host_port: number; container_port: number; protocol: string }[] {
  if (hostPort === undefined || containerPort === undefined) return [];
  return protocol
    .split(',')
    .map((one) => ({ host_port: hostPort, container_port: containerPort, protocol: one }));
}
