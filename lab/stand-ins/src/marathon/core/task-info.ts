import { usesHostNetwork } from '../app/parse-app.ts';
import type { App } from '../app/app-schema.ts';
import type { CommandInfo, ContainerInfo, TaskInfo } from '../mesos/wire.ts';
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

/** `TaskBuilder.scala` of Marathon 1.10, for the command executor. */
export function taskInfo(launch: Launch): TaskInfo {
  const { app, taskId, agentId } = launch;
  const container = containerInfo(app, launch.taken.ports);
  const grace = app.taskKillGracePeriodSeconds;
  const labels = Object.entries(app.labels).map(([key, value]) => ({ key, value }));
  return {
    name: hostnameForm(app.id),
    task_id: { value: taskId },
    agent_id: { value: agentId },
    resources: resourcesOf(launch.taken, launch.role),
    command: commandInfo(launch),
    ...(container === undefined ? {} : { container }),
    ...(grace === undefined ? {} : { kill_policy: killPolicy(grace) }),
    ...(labels.length === 0 ? {} : { labels: { labels } }),
  };
}

export function killPolicy(graceSeconds: number): { grace_period: { nanoseconds: number } } {
  return { grace_period: { nanoseconds: graceSeconds * 1e9 } };
}

/** `/ci/jenkins` becomes `jenkins.ci`, as service discovery by DNS likes it. */
function hostnameForm(id: string): string {
  return id.slice(1).split('/').reverse().join('.');
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
    // Without a command the image's own entry point runs, with `args` as its arguments.
    ...(app.cmd === undefined ? { shell: false } : { shell: true, value: app.cmd }),
    ...(app.args === undefined ? {} : { arguments: app.args }),
    ...(app.user === undefined ? {} : { user: app.user }),
    ...(uris.length === 0 ? {} : { uris }),
    environment: { variables: Object.entries(env).map(([name, value]) => ({ name, value })) },
  };
}

function containerInfo(app: App, ports: readonly number[]): ContainerInfo | undefined {
  const { container } = app;
  if (container === undefined) return undefined;
  const volumes = container.volumes
    .filter(({ hostPath }) => hostPath !== undefined)
    .map(({ containerPath, hostPath = '', mode }) => ({
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
  ports: readonly number[],
): NonNullable<ContainerInfo['docker']> {
  return {
    image: docker.image,
    network: network(app),
    privileged: docker.privileged,
    force_pull_image: docker.forcePullImage,
    parameters: docker.parameters,
    ...(usesHostNetwork(app) ? {} : { port_mappings: portMappings(app, ports) }),
  };
}

function network(app: App): 'HOST' | 'BRIDGE' | 'USER' {
  if (usesHostNetwork(app)) return 'HOST';
  return app.networks.some(({ mode }) => mode === 'container/bridge') ? 'BRIDGE' : 'USER';
}

function portMappings(
  app: App,
  ports: readonly number[],
): { host_port: number; container_port: number; protocol: string }[] {
  const published = (app.container?.portMappings ?? []).filter(
    ({ hostPort }) => hostPort !== undefined,
  );
  return published.flatMap(({ containerPort, protocol }, index) => {
    const hostPort = ports[index] ?? 0;
    // Container port 0 means: the same as on the host.
    const inside = containerPort === 0 ? hostPort : containerPort;
    return protocol
      .split(',')
      .map((one) => ({ host_port: hostPort, container_port: inside, protocol: one }));
  });
}
