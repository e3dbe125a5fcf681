import type { ContainerDefinition } from '../shared/docker.ts';
import type { CommandInfo, DockerInfo, PortMapping, TaskInfo, Volume } from '../shared/mesos.ts';
import { amountsOf, scalar } from '../shared/resources.ts';
import { applyParameters } from './docker-parameters.ts';
import { containerName, type TaskRun } from './task-run.ts';

export interface DockerSettings {
  /** `--sandbox_directory`: where the sandbox is seen in the container. */
  readonly mappedSandbox: string;
  readonly enableCfs: boolean;
}

/** CPU_SHARES_PER_CPU, MIN_CPU_SHARES, CPU_CFS_PERIOD, MIN_MEMORY of Mesos 1.11 (slave/containerizer). */
const sharesPerCpu = 1024;
const leastShares = 2;
const cfsPeriodUs = 100_000;
const leastCfsQuotaUs = 1000;
const leastMemBytes = 32 * 1024 ** 2;

/** What `docker run` of the real agent makes of a task: no labels, no restart policy, limits from the resources. */
export function containerDefinition(run: TaskRun, settings: DockerSettings): ContainerDefinition {
  const { task } = run;
  const docker = dockerOf(task);
  checkPorts(task, docker);
  const definition: ContainerDefinition = {
    Image: docker.image,
    ...commandOf(task.command ?? {}),
    Env: environment(run, settings),
    ...(task.container?.hostname === undefined ? {} : { Hostname: task.container.hostname }),
    ...exposed(docker.port_mappings ?? []),
    HostConfig: {
      Binds: binds(run, settings),
      NetworkMode: networkMode(task, docker),
      PortBindings: portBindings(docker.port_mappings ?? []),
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      Privileged: docker.privileged ?? false,
      ...limits(task, settings),
    },
  };
  return applyParameters(definition, docker.parameters ?? []);
}

export function dockerOf(task: TaskInfo): DockerInfo {
  const docker = task.container?.docker;
  if (docker === undefined) throw new Error('DockerInfo not set in container');
  return docker;
}

/** A shell command replaces the entry point; without shell, value and arguments go to the image's own. */
function commandOf(command: CommandInfo): Partial<ContainerDefinition> {
  if (command.shell ?? true) {
    if (command.value === undefined) return {};
    return { Entrypoint: ['/bin/sh'], Cmd: ['-c', command.value] };
  }
  const words = [
    ...(command.value === undefined ? [] : [command.value]),
    ...(command.arguments ?? []),
  ];
  return words.length === 0 ? {} : { Cmd: words };
}

function environment(run: TaskRun, { mappedSandbox }: DockerSettings): string[] {
  const variables = run.task.command?.environment?.variables ?? [];
  const role = run.task.resources[0]?.allocation_info?.role ?? '*';
  return [
    ...variables.map(({ name, value = '' }) => `${name}=${value}`),
    `MESOS_ALLOCATION_ROLE=${role}`,
    `MESOS_CONTAINER_NAME=${containerName(run)}`,
    `MESOS_SANDBOX=${mappedSandbox}`,
  ];
}

function binds(run: TaskRun, { mappedSandbox }: DockerSettings): string[] {
  const volumes = run.task.container?.volumes ?? [];
  return [...volumes.map((volume) => bind(run, volume)), `${run.sandbox}:${mappedSandbox}`];
}

function bind(run: TaskRun, volume: Volume): string {
  const mode = volume.mode.toLowerCase();
  const named = volume.source?.docker_volume?.name;
  if (named !== undefined) return `${named}:${volume.container_path}:${mode}`;
  if (volume.host_path === undefined) return volume.container_path;
  const host = volume.host_path.startsWith('/')
    ? volume.host_path
    : `${run.sandbox}/${volume.host_path}`;
  return `${host}:${volume.container_path}:${mode}`;
}

function networkMode(task: TaskInfo, docker: DockerInfo): string {
  if (docker.network !== 'USER') return (docker.network ?? 'HOST').toLowerCase();
  const name = task.container?.network_infos?.[0]?.name;
  if (name === undefined) throw new Error('No network info found in container info');
  return name;
}

/** The checks of `Docker::RunOptions::create` (src/docker/docker.cpp, 1.11). */
function checkPorts(task: TaskInfo, { network = 'HOST', port_mappings: ports = [] }: DockerInfo) {
  if (ports.length > 0 && (network === 'HOST' || network === 'NONE')) {
    throw new Error('Port mappings are only supported for bridge and user-defined networks');
  }
  const offered = task.resources.flatMap(({ name, ranges }) =>
    name === 'ports' ? (ranges?.range ?? []) : [],
  );
  for (const { host_port: port } of ports) {
    if (offered.some(({ begin, end }) => begin <= port && port <= end)) continue;
    throw new Error(`Port [${port}] not included in resources`);
  }
}

function portKey({ container_port: port, protocol = 'tcp' }: PortMapping): string {
  return `${port}/${protocol.toLowerCase()}`;
}

function exposed(mappings: readonly PortMapping[]): Partial<ContainerDefinition> {
  if (mappings.length === 0) return {};
  return { ExposedPorts: Object.fromEntries(mappings.map((one) => [portKey(one), {}])) };
}

function portBindings(mappings: readonly PortMapping[]): Record<string, object[]> {
  return Object.fromEntries(
    mappings.map((one) => [portKey(one), [{ HostPort: String(one.host_port) }]]),
  );
}

function limits(task: TaskInfo, { enableCfs }: DockerSettings): Record<string, number> {
  const amounts = amountsOf(task.resources);
  const cpus = scalar(amounts, 'cpus');
  const memBytes = scalar(amounts, 'mem') * 1024 ** 2;
  const quota = Math.max(Math.round(cpus * cfsPeriodUs), leastCfsQuotaUs);
  return {
    ...(cpus > 0 ? { CpuShares: Math.max(Math.floor(cpus * sharesPerCpu), leastShares) } : {}),
    ...(cpus > 0 && enableCfs ? { CpuPeriod: cfsPeriodUs, CpuQuota: quota } : {}),
    ...(memBytes > 0 ? { Memory: Math.max(memBytes, leastMemBytes) } : {}),
  };
}
