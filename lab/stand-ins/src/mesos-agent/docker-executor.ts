import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../shared/clock.ts';
import { DockerError, type ContainerDetails, type Docker } from '../shared/docker.ts';
import { isTerminal } from '../shared/mesos.ts';
import { containerDefinition, dockerOf, type DockerSettings } from './container-definition.ts';
import type { Executor, ExecutorEvents } from './executor.ts';
import { containerName, type TaskRun } from './task-run.ts';

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
}

/** Tasks with a DockerInfo: containers of the host's Docker, as the Docker containerizer makes them. */
export function dockerExecutor(options: DockerExecutorOptions): Executor {
  return {
    launch: async (run, events) => {
      if (!(await provideImage(options, run, events))) return;
      // Given up while the image came: too slow, or killed.
      if (isTerminal(run.state)) return;
      if (run.killed) {
        events.onExit({ code: 137, message: 'Killed before delivery to the executor' });
        return;
      }
      mkdirSync(run.sandbox, { recursive: true });
      events.onStarting(options.ip);
      await start(options, run, events);
    },
    adopt: async (run, events) => {
      const details = await options.docker.inspect(containerName(run));
      // One that was created and never started has no end to wait for.
      if (details === undefined || details.State.Status === 'created') return false;
      if (run.state !== 'TASK_RUNNING') await announce(options, run, events);
      watch(options, run, events);
      return true;
    },
    kill: async (run, graceMs) => {
      const name = containerName(run);
      await options.docker.kill(name, 'SIGTERM');
      options.clock.after(graceMs, () => {
        options.docker.kill(name, 'SIGKILL').catch(() => undefined);
      });
    },
  };
}

async function provideImage(
  options: DockerExecutorOptions,
  { task }: TaskRun,
  events: ExecutorEvents,
): Promise<boolean> {
  const { image, force_pull_image: force = false } = dockerOf(task);
  try {
    if (force || !(await options.docker.imageExists(image))) await options.docker.pull(image);
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
  try {
    await options.docker.create(name, containerDefinition(run, options.settings));
    await options.docker.start(name);
  } catch (fault) {
    writeError(run, `docker: Error response from daemon: ${textOf(fault)}.\n`);
    const code = startExitCode(fault);
    events.onExit({ code, message: `Container exited with status ${code}` });
    return;
  }
  await announce(options, run, events);
  watch(options, run, events);
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
  const stdout = createWriteStream(join(run.sandbox, 'stdout'), { flags: 'w' });
  const stderr = createWriteStream(join(run.sandbox, 'stderr'), { flags: 'w' });
  const sink = {
    stdout: (chunk: Buffer) => stdout.write(chunk),
    stderr: (chunk: Buffer) => stderr.write(chunk),
  };
  stdout.on('error', () => undefined);
  stderr.on('error', () => undefined);
  docker.follow(name, sink).catch(() => undefined);
  void exitCode(options, name).then((code) => {
    events.onExit({ code, message: `Container exited with status ${code}` });
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

function writeError(run: TaskRun, text: string): void {
  const stream = createWriteStream(join(run.sandbox, 'stderr'), { flags: 'a' });
  stream.on('error', () => undefined);
  stream.end(text);
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
