import type { FakeClock } from './fake-clock.ts';
import { containerId, type FakeContainer, type FakeMachine } from './fake-machine.ts';
import { openPorts } from './fake-listeners.ts';

/** What `docker run` of an argument list does to a machine; throws what Docker would print. */
export function dockerRun(
  machine: FakeMachine,
  argv: readonly string[],
  clock: FakeClock,
): FakeContainer {
  const { options, image, command } = parseRun(argv);
  const name = options.get('--name')?.[0] ?? '';
  if (!machine.images.has(image)) throw new Error(`Unable to find image '${image}' locally`);
  if (machine.containers.has(name)) throw new Error(`The container name "/${name}" is in use`);
  const container: FakeContainer = {
    id: containerId(machine, name, clock),
    name,
    image,
    command,
    options,
    labels: pairs(options.get('--label')),
    env: pairs(options.get('--env')),
    seen: mountedFiles(machine, options.get('--volume') ?? []),
    status: 'running',
    exitCode: 0,
    restarts: 0,
    startedMs: clock.now(),
    created: clock.seconds(),
    frozen: false,
  };
  machine.containers.set(name, container);
  return container;
}

const flags = new Set(['--detach']);

interface Run {
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly image: string;
  readonly command: readonly string[];
}

function parseRun([docker, run, ...words]: readonly string[]): Run {
  if (docker !== 'docker' || run !== 'run') throw new Error('no docker run');
  const options = new Map<string, string[]>();
  let index = 0;
  while (words[index]?.startsWith('-') === true) {
    const option = words[index] ?? '';
    const value = flags.has(option) ? '' : (words[index + 1] ?? '');
    options.set(option, [...(options.get(option) ?? []), value]);
    index += flags.has(option) ? 1 : 2;
  }
  return { options, image: words[index] ?? '', command: words.slice(index + 1) };
}

function pairs(values: readonly string[] = []): Map<string, string> {
  return new Map(
    values.map((value) => {
      const at = value.indexOf('=');
      return [value.slice(0, at), value.slice(at + 1)] as const;
    }),
  );
}

const ofTheSystem = ['/var/run/docker.sock', '/sys/fs/cgroup'];

/** Docker would make a missing source as a folder of root, and nobody would notice: refused here. */
function mountedFiles(machine: FakeMachine, volumes: readonly string[]): Map<string, string> {
  return new Map(
    volumes.flatMap((volume) => {
      const [from = '', to = ''] = volume.split(':');
      if (ofTheSystem.includes(from)) return [];
      const file = machine.files.get(from);
      if (file !== undefined) return [[to, file.content] as const];
      if (!machine.folders.has(from)) throw new Error(`bind source path does not exist: ${from}`);
      return [...machine.files]
        .filter(([path]) => path.startsWith(`${from}/`))
        .map(([path, { content }]) => [`${to}${path.slice(from.length)}`, content] as const);
    }),
  );
}

/** Like the remote script's wait: undefined once all ports listen, else what Docker's log says. */
export function whyNotServing(
  machine: FakeMachine,
  container: FakeContainer,
  ports: readonly number[],
): readonly string[] | undefined {
  const exit = machine.exits.get(container.name);
  if (exit !== undefined) {
    container.status = 'exited';
    container.exitCode = exit.exitCode;
    return [`${container.name} exited with code ${exit.exitCode}; its last lines:`, ...exit.lines];
  }
  const open = openPorts(container);
  const silent = ports.filter((port) => !open.some((listener) => listener.port === port));
  if (silent.length === 0) return undefined;
  return [`${container.name} runs but does not listen on port ${silent.join(',')} after 3 min`];
}
