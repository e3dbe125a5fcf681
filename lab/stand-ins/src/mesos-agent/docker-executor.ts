import type { Clock } from '../shared/clock.ts';
import { DockerError } from '../shared/docker.ts';
import type { ContainerDefinition, ContainerDetails, Docker } from '../shared/docker.ts';
import { usageOfCgroup, type CgroupPlaces } from './cgroup-usage.ts';
import { containerDefinition, dockerOf, type DockerSettings } from './container-definition.ts';
import { UnknownOption } from './docker-parameters.ts';
import type { Executor, ExecutorEvents, Usage } from './executor.ts';
import { openOutput, sayInSandbox } from './output.ts';
import type { RegistryLogin } from './registry-login.ts';
import { usageOfContainer } from './usage.ts';
import { containerName, isUp, type TaskRun } from './task-run.ts';

export interface DockerExecutorOptions {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly settings: DockerSettings;
  /** The agent's own address: that of a task on the host's network. */
  readonly ip: string;
  /** `--docker`, `--docker_socket`: they appear in messages. */
  readonly command: string;
  readonly socket: string;
  /** `--docker_remove_delay`: how long an exited container stays. */
  readonly removeDelayMs: number;
  readonly login: RegistryLogin;
  readonly cgroups: CgroupPlaces;
}

/** Tasks with a DockerInfo: containers of the host's Docker, as the Docker containerizer makes them. */
export function dockerExecutor(options: DockerExecutorOptions): Executor {
  return {
    launch: async (run, events, signal) => {
      if (!(await provideImage(options, run, events)) || signal.aborted) return;
      events.onStarting(options.ip);
      await start(options, run, events);
    },
    adopt: async (run, events) => {
      const details = await options.docker.inspect(containerName(run));
      // One that was created and never started has no end to wait for.
      if (details === undefined || details.State.Status === 'created') return false;
      if (!isUp(run)) await announce(options, run, events);
      watch(options, run, events);
      return true;
    },
    signal: (run, signal) => options.docker.kill(containerName(run), signal),
    exec: (run, argv) => options.docker.exec(containerName(run), argv),
    usage: (run) => usage(options, containerName(run)),
  };
}

/** As the real one from the control groups; where they cannot be seen, from Docker. */
async function usage(options: DockerExecutorOptions, name: string): Promise<Usage | undefined> {
  const details = await options.docker.inspect(name);
  if (details?.State.Running !== true) return undefined;
  const counted = usageOfCgroup(details.State.Pid, options.cgroups);
  if (counted !== undefined) return counted;
  const stats = await options.docker.stats(name);
  return stats === undefined ? undefined : usageOfContainer(stats);
}

async function provideImage(
  options: DockerExecutorOptions,
  run: TaskRun,
  events: ExecutorEvents,
): Promise<boolean> {
  const { image, force_pull_image: force = false } = dockerOf(run.task);
  const { docker, login } = options;
  try {
    if (force || !(await docker.imageExists(image))) await docker.pull(image, login(run, image));
    return true;
  } catch (fault) {
    const words = `${options.command} -H unix://${options.socket} pull ${image}`;
    events.onLaunchFailed(
      `Failed to launch container: Failed to run '${words}': exited with status 1; stderr='Error response from daemon: ${textOf(fault)}\n'`,
    );
    return false;
  }
}

async function start(
  options: DockerExecutorOptions,
  run: TaskRun,
  events: ExecutorEvents,
): Promise<void> {
  const name = containerName(run);
  const definition = defined(options, run, events);
  if (definition === undefined) return;
  try {
    await options.docker.create(name, definition);
    await options.docker.start(name);
  } catch (fault) {
    sayInSandbox(run, `docker: Error response from daemon: ${textOf(fault)}.\n`);
    exited(events, startExitCode(fault));
    return;
  }
  await announce(options, run, events);
  watch(options, run, events);
}

function exited(events: ExecutorEvents, code: number): void {
  events.onExit({ code, message: `Container exited with status ${code}` });
}

/** `undefined`: the task cannot be made a container of, and that has been told. */
function defined(
  { settings }: DockerExecutorOptions,
  run: TaskRun,
  events: ExecutorEvents,
): ContainerDefinition | undefined {
  try {
    return containerDefinition(run, settings);
  } catch (fault) {
    const why = `Failed to create docker run options: ${textOf(fault)}`;
    if (fault instanceof UnknownOption) {
      sayInSandbox(run, `${textOf(fault)}\nSee 'docker run --help'.\n`);
      exited(events, 125);
    } else events.onExit({ code: 1, message: why });
    return undefined;
  }
}

/** As `docker run` exits: 127 command not found, 126 not executable, 125 anything of Docker itself. */
function startExitCode(fault: unknown): number {
  const text = textOf(fault);
  if (!(fault instanceof DockerError)) return 125;
  if (/executable file not found|no such file or directory/i.test(text)) return 127;
  return /permission denied|is a directory/i.test(text) ? 126 : 125;
}

async function announce(
  { docker, ip }: DockerExecutorOptions,
  run: TaskRun,
  events: ExecutorEvents,
): Promise<void> {
  const details = await docker.inspect(containerName(run)).catch(() => undefined);
  const address = details === undefined ? '' : networkAddress(details);
  events.onRunning({
    ipAddress: address === '' ? ip : address,
    ...(details === undefined ? {} : { inspection: JSON.stringify([details], undefined, 4) }),
  });
}

function networkAddress(details: ContainerDetails): string {
  const settings = details['NetworkSettings'] as
    { readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> } | undefined;
  return Object.values(settings?.Networks ?? {})[0]?.IPAddress ?? '';
}

/** Output into the sandbox, and the end of the container as the end of the task. */
function watch(options: DockerExecutorOptions, run: TaskRun, events: ExecutorEvents): void {
  const { docker, clock } = options;
  const name = containerName(run);
  docker.follow(name, openOutput(run)).catch(() => undefined);
  void exitCode(options, name).then((code) => {
    exited(events, code);
    clock.after(options.removeDelayMs, () => {
      docker.remove(name).catch(() => undefined);
    });
  });
}

const retryMs = 1000;

/** Waits through restarts of the Docker daemon. A container removed by force counts as killed. */
async function exitCode(options: DockerExecutorOptions, name: string): Promise<number> {
  try {
    return await options.docker.wait(name);
  } catch (fault) {
    if (fault instanceof DockerError && fault.status === 404) return 137;
    await new Promise<void>((resolve) => {
      options.clock.after(retryMs, resolve);
    });
    return exitCode(options, name);
  }
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
