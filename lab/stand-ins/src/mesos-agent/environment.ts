import { existsSync, readFileSync, statfsSync } from 'node:fs';
import type { Docker } from '../shared/docker.ts';
import type { Flags } from '../shared/flags.ts';

/** A start that Mesos refuses with `EXIT with status 1: …`. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What the agent sees of the machine it starts on. */
export interface Environment {
  readonly systemdIsInit: boolean;
  readonly hasFolder: (path: string) => boolean;
  readonly pureCgroup2: (path: string) => boolean;
  /** The main process of a container: its end takes the executors along. */
  readonly isContainer: boolean;
}

/** CGROUP2_SUPER_MAGIC of statfs(2). */
const cgroup2Magic = 0x63677270;

export const thisEnvironment: Environment = {
  get systemdIsInit() {
    return readOr('/proc/1/comm', '').trim() === 'systemd';
  },
  hasFolder: existsSync,
  pureCgroup2: (path) => {
    try {
      return statfsSync(path).type === cgroup2Magic;
    } catch {
      return false;
    }
  },
  get isContainer() {
    // With the host's PID namespace the number says nothing, but the parent does.
    const parent = readOr(`/proc/${process.ppid}/comm`, '').trim();
    return process.pid === 1 || /^(containerd-shim|docker-init|tini|conmon)/.test(parent);
  },
};

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** The faults of a machine or of flags that make the real agent exit (slave/main.cpp and containerizers, 1.11). */
export function checkEnvironment(flags: Flags, environment: Environment): void {
  if (flags.text('master') === undefined) {
    throw new StartError('Missing required option `--master` or `--master_detector`');
  }
  checkSystemd(flags, environment);
  const containerizers = (flags.text('containerizers') ?? '').split(',');
  if (containerizers.includes('mesos')) checkLauncher(flags, environment);
}

/** With the host's PID namespace the init is the host's; its runtime folder is not in the container. */
function checkSystemd(flags: Flags, environment: Environment): void {
  if (!flags.isOn('systemd_enable_support') || !environment.systemdIsInit) return;
  const folder = flags.required('systemd_runtime_directory');
  if (environment.hasFolder(folder)) return;
  throw new StartError(
    `Failed to initialize systemd: Failed to locate systemd runtime directory: ${folder}`,
  );
}

function checkLauncher(flags: Flags, environment: Environment): void {
  const hierarchy = flags.required('cgroups_hierarchy');
  if (flags.text('launcher') !== 'linux' || !environment.pureCgroup2(hierarchy)) return;
  throw new StartError(
    'Failed to create a containerizer: Could not create MesosContainerizer: Failed to create launcher: Failed to create Linux launcher: Failed to determine the hierarchy where the subsystem freezer is attached',
  );
}

export async function checkDocker(docker: Docker): Promise<void> {
  try {
    await docker.list('mesos-');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      `Failed to create a containerizer: Could not create DockerContainerizer: Failed to create docker: ${reason}`,
    );
  }
}
