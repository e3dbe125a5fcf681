import { DockerError } from '../../../src/shared/docker.ts';
import type {
  ContainerDefinition,
  ContainerDetails,
  ContainerStats,
  Docker,
} from '../../../src/shared/docker.ts';

interface FakeContainer {
  readonly definition: ContainerDefinition;
  status: 'created' | 'running' | 'exited';
  exitCode: number;
  readonly waiters: ((code: number) => void)[];
}

export interface FakeDocker extends Docker {
  readonly containers: Map<string, FakeContainer>;
  /** What was asked of it, as readable lines. */
  readonly log: string[];
  /** The container's process ends by itself. */
  readonly exit: (name: string, code: number) => void;
}

export interface FakeDockerOptions {
  readonly images?: readonly string[];
  /** Images that a registry would have. */
  readonly pullable?: readonly string[];
  readonly startError?: DockerError;
  /** A container that ignores SIGTERM. */
  readonly stubborn?: boolean;
  readonly execExit?: number;
  readonly stats?: ContainerStats;
}

interface World {
  readonly options: FakeDockerOptions;
  readonly images: Set<string>;
  readonly containers: Map<string, FakeContainer>;
  readonly log: string[];
}

export function fakeDocker(options: FakeDockerOptions = {}): FakeDocker {
  const images = new Set(options.images ?? ['img:1']);
  const world: World = { options, images, containers: new Map(), log: [] };
  return {
    containers: world.containers,
    log: world.log,
    exit: (name, code) => {
      end(world, name, code);
    },
    ...imageCalls(world),
    ...startCalls(world),
    ...watchCalls(world),
    ...endCalls(world),
  };
}

function end({ containers }: World, name: string, code: number): void {
  const container = containers.get(name);
  if (container?.status !== 'running') return;
  container.status = 'exited';
  container.exitCode = code;
  for (const wake of container.waiters.splice(0)) wake(code);
}

function imageCalls({ images, log, options }: World): Pick<Docker, 'imageExists' | 'pull'> {
  return {
    imageExists: (image) => Promise.resolve(images.has(image)),
    pull: (image, login) => {
      log.push(login === undefined ? `pull ${image}` : `pull ${image} as ${login}`);
      if (options.pullable?.includes(image) !== true) {
        return Promise.reject(new DockerError(404, `manifest for ${image} not found`));
      }
      images.add(image);
      return Promise.resolve();
    },
  };
}

function startCalls({ containers, log, options }: World): Pick<Docker, 'create' | 'start'> {
  return {
    create: (name, definition) => {
      log.push(`create ${name}`);
      containers.set(name, { definition, status: 'created', exitCode: 0, waiters: [] });
      return Promise.resolve(name);
    },
    start: (name) => {
      log.push(`start ${name}`);
      if (options.startError !== undefined) return Promise.reject(options.startError);
      const container = containers.get(name);
      if (container !== undefined) container.status = 'running';
      return Promise.resolve();
    },
  };
}

type Watching = Pick<Docker, 'inspect' | 'wait' | 'list' | 'follow' | 'exec' | 'stats'>;

function watchCalls({ containers, log, options }: World): Watching {
  return {
    inspect: (name) => {
      const container = containers.get(name);
      return Promise.resolve(container === undefined ? undefined : details(name, container));
    },
    wait: (name) => {
      const container = containers.get(name);
      if (container === undefined) return Promise.reject(new DockerError(404, 'No such container'));
      if (container.status === 'exited') return Promise.resolve(container.exitCode);
      return new Promise((resolve) => {
        container.waiters.push(resolve);
      });
    },
    list: (prefix) =>
      Promise.resolve(
        [...containers]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, { status }]) => ({ Id: name, Names: [`/${name}`], State: status })),
      ),
    follow: () => Promise.resolve(),
    exec: (name, argv) => {
      log.push(`exec ${name} ${argv.join(' ')}`);
      return Promise.resolve(options.execExit ?? 0);
    },
    stats: () => Promise.resolve(options.stats),
  };
}

function endCalls(world: World): Pick<Docker, 'kill' | 'remove'> {
  return {
    kill: (name, signal) => {
      world.log.push(`kill ${signal} ${name}`);
      if (signal === 'SIGKILL') end(world, name, 137);
      else if (world.options.stubborn !== true) end(world, name, 143);
      return Promise.resolve();
    },
    remove: (name) => {
      world.log.push(`remove ${name}`);
      end(world, name, 137);
      world.containers.delete(name);
      return Promise.resolve();
    },
  };
}

function details(name: string, container: FakeContainer): ContainerDetails {
  return {
    Id: name,
    Name: `/${name}`,
    State: {
      Status: container.status,
      Running: container.status === 'running',
      // Above the highest that Linux gives.
      Pid: 4_194_305,
      ExitCode: container.exitCode,
      Error: '',
      OOMKilled: false,
    },
    NetworkSettings: { Networks: { host: { IPAddress: '' } } },
  };
}
