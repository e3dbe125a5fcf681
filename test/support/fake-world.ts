import { parse } from 'yaml';
import type { ErrorCode } from '../../src/errors.ts';
import type { Argv, Ran, RunOptions } from '../../src/ports.ts';
import { adminPassword, clusterFile } from './cluster-file.ts';
import { fakeClock, type FakeClock } from './fake-clock.ts';
import { fakeJenkins, type FakeJenkins } from './fake-jenkins.ts';
import { fakeMachine, running, type FakeContainer, type FakeMachine } from './fake-machine.ts';
import type { FakeApp } from './fake-marathon.ts';
import type { MesosMemory } from './fake-mesos.ts';

/** Hosts, services and the operator's files in memory; whatever happens to them is in `log`. */
export interface FakeWorld {
  readonly clock: FakeClock;
  /** `connect m1`, `m1: facts`, `m1: stage`, `m1: start ci-zookeeper`, `close m1`. */
  readonly log: string[];
  /** In the order of the cluster file. */
  readonly machines: Map<string, FakeMachine>;
  readonly znodes: Map<string, string>;
  readonly apps: Map<string, FakeApp>;
  readonly mesos: MesosMemory;
  /** By the name of the controller. */
  readonly jenkins: Map<string, FakeJenkins>;
  /** Files of the operator, by path. */
  readonly files: Map<string, string>;
  /** Records of runs on the operator's machine, by path. */
  readonly records: Map<string, string[]>;
  /** Machines that the operator does not get to, with the reason. */
  readonly cut: Map<string, ErrorCode>;
  /** Machines without power. */
  readonly off: Set<string>;
  /** Answer of Marathon to app definitions that it does not like. */
  refusal: { readonly status: number; readonly message: string } | undefined;
  /** Answers commands that are neither facts nor stages: `logs`, `exec`. */
  onRun: ((host: string, argv: Argv, options: RunOptions) => Promise<Ran>) | undefined;
  /** Apps with a deployment that does not end. */
  readonly deployments: string[];
  /** Called with each new line of the log. */
  onLog: (line: string) => void;
}

/** A world with the hosts of a cluster file, which stands in it as `cluster.yml`. */
export function fakeWorld(text: string = clusterFile()): FakeWorld {
  const world: FakeWorld = {
    clock: fakeClock(),
    log: [],
    machines: new Map(),
    znodes: new Map(),
    apps: new Map(),
    mesos: {
      initialised: false,
      frameworks: [],
      disconnected: new Set(),
      tasks: [],
      agents: new Map(),
    },
    jenkins: new Map(),
    files: new Map(),
    records: new Map(),
    cut: new Map(),
    off: new Set(),
    refusal: undefined,
    deployments: [],
    onRun: undefined,
    onLog: () => undefined,
  };
  writeClusterFile(world, text);
  return world;
}

interface PartsOfFile {
  readonly name?: string;
  readonly hosts?: Readonly<Record<string, { readonly address: string } | null>>;
  readonly jenkins?: Readonly<Record<string, ControllerOfFile | null>>;
}

interface ControllerOfFile {
  readonly buildAgents?: Readonly<Record<string, unknown>>;
}

/** The part of the cluster file that matters to what builds. */
export function partsOfFile({ files }: FakeWorld): PartsOfFile {
  const text = files.get('cluster.yml') ?? '';
  const parts = parsed.get(text) ?? (parse(text) as PartsOfFile);
  parsed.set(text, parts);
  return parts;
}

/** Asked for with each request to a master: parsing each time would make the tests slow. */
const parsed = new Map<string, PartsOfFile>();

/** Replaces the cluster file; hosts and controllers that it names and the world has not are made. */
export function writeClusterFile(world: FakeWorld, text: string): void {
  world.files.set('cluster.yml', text);
  const { hosts, jenkins } = partsOfFile(world);
  for (const [name, host] of Object.entries(hosts ?? {})) {
    if (!world.machines.has(name)) world.machines.set(name, fakeMachine(name, host?.address ?? ''));
  }
  for (const [name, controller] of Object.entries(jenkins ?? {})) {
    if (world.jenkins.has(name)) continue;
    const [label = 'build'] = Object.keys(controller?.buildAgents ?? {});
    const { clock } = world;
    world.jenkins.set(
      name,
      fakeJenkins({ clock, label, password: adminPassword, agentId: 'S-a1' }),
    );
  }
}

export function note(world: FakeWorld, line: string): void {
  world.log.push(line);
  world.onLog(line);
}

export function machine(world: FakeWorld, name: string): FakeMachine {
  const found = world.machines.get(name);
  if (found === undefined) throw new Error(`no machine ${name}`);
  return found;
}

export function container(world: FakeWorld, host: string, name: string): FakeContainer {
  const found = machine(world, host).containers.get(name);
  if (found === undefined) throw new Error(`no container ${name} on ${host}`);
  return found;
}

/** Machines with power. */
export function alive({ machines, off }: FakeWorld): ReadonlyMap<string, FakeMachine> {
  return new Map([...machines].filter(([name]) => !off.has(name)));
}

/** Power cut: nobody gets to the host. */
export function powerOff(world: FakeWorld, host: string): void {
  world.off.add(host);
  world.cut.set(host, 'HOST_UNREACHABLE');
}

/** A container that ended and that Docker does not start again. */
export function stop(world: FakeWorld, host: string, name: string): void {
  Object.assign(container(world, host, name), { status: 'exited', exitCode: 137 });
}

/** A process that is stopped with SIGSTOP: it accepts connections and never answers. */
export function freeze(world: FakeWorld, host: string, service: string): void {
  const found = running(machine(world, host), service);
  if (found === undefined) throw new Error(`no ${service} runs on ${host}`);
  found.frozen = true;
}
