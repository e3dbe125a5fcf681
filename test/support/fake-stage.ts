import { interrupted } from '../../src/adapters/interrupted.ts';
import { ClusterError } from '../../src/errors.ts';
import type { Argv, Input, Ran, RunOptions } from '../../src/ports.ts';
import { checksOf } from './fake-checks.ts';
import type { FakeClock } from './fake-clock.ts';
import { dockerRun, whyNotServing } from './fake-docker.ts';
import type { FakeContainer, FakeMachine } from './fake-machine.ts';
import { shellCommands } from './fake-shell.ts';

export interface StageWorld {
  readonly clock: FakeClock;
  /** The text of `remote/stage.sh`, before which nothing stands. */
  readonly library: string;
  /** Takes a readable line for everything that changes. */
  readonly log: (line: string) => void;
}

/** Applies a stage script to a machine, step by step, with the lines that `remote/stage.sh` prints. */
export async function performStage(
  machine: FakeMachine,
  world: StageWorld,
  { argv, options }: { readonly argv: Argv; readonly options: RunOptions },
): Promise<Ran> {
  const { input = [], onLine = () => undefined } = options;
  const { steps, blobs, token } = readScript(argv, input, world.library);
  const emit = (step: string, result: string, fault: Fault = { code: '', evidence: [] }) => {
    const evidence = Buffer.from(fault.evidence.join('\n')).toString('base64');
    onLine(`{"step":${step},"result":"${result}","code":"${fault.code}","evidence":"${evidence}"}`);
  };
  if (token !== undefined && token !== machine.lock?.token) {
    emit('0', 'failed', { code: 'LOCK_LOST', evidence: [machine.lock?.claim ?? ''] });
    return ended(76);
  }
  for (const [number = '', name = '', ...args] of steps) {
    if (options.signal?.aborted === true) {
      emit(number, 'stopped');
      throw interrupted(`the steps on ${machine.name}`, machine.name);
    }
    emit(number, 'started');
    await Promise.resolve();
    const outcome = attempt(machine, world, { name, args, blobs });
    if (typeof outcome === 'object' && outcome.code === 'RESULT_UNKNOWN') {
      const message = `lost ${machine.name} while this ran there`;
      throw new ClusterError('RESULT_UNKNOWN', message, { host: machine.name, remedy: 'again' });
    }
    if (typeof outcome === 'object') {
      emit(number, 'failed', outcome);
      return ended(1);
    }
    emit(number, outcome);
  }
  return ended(0);
}

interface Fault {
  readonly code: string;
  readonly evidence: readonly string[];
}

function ended(exitCode: number): Ran {
  return { exitCode, signal: undefined, stdout: '', stderr: '', truncated: false };
}

interface Script {
  readonly steps: readonly (readonly string[])[];
  readonly blobs: ReadonlyMap<string, string>;
  /** What it shows before its first step. */
  readonly token: string | undefined;
}

/** Takes a script apart as the real bootstrap does: its size is the only argument. */
function readScript(argv: Argv, input: Input, library: string): Script {
  const bytes = input.map((part) => {
    if (part instanceof Uint8Array) return Buffer.from(part);
    return Buffer.from(typeof part === 'string' ? part : part.reveal());
  });
  const all = Buffer.concat(bytes);
  const size = Number(argv.at(-1));
  const script = all.subarray(0, size).toString();
  if (!script.startsWith(`${library}\n`) || !script.endsWith('\nexit 0\n')) {
    throw new Error('the size in the command is not the size of the script');
  }
  const commands = shellCommands(script.slice(library.length + 1));
  const blobs = new Map<string, string>();
  let at = size;
  for (const [, name = '', length] of commands.filter(([word]) => word === 'blob')) {
    blobs.set(name, all.subarray(at, at + Number(length)).toString());
    at += Number(length);
  }
  if (at !== all.length) throw new Error('more input than blobs');
  const token = commands.find(([word]) => word === 'guard')?.[3];
  const steps = commands.filter(([word]) => word === 'step').map((words) => words.slice(1));
  return { steps, blobs, token };
}

interface Attempt {
  readonly name: string;
  readonly args: readonly string[];
  readonly blobs: ReadonlyMap<string, string>;
}

type Outcome = 'changed' | 'unchanged' | Fault;

function attempt(machine: FakeMachine, world: StageWorld, { name, args, blobs }: Attempt): Outcome {
  const perform = performers[name];
  if (perform === undefined) throw new Error(`stage.sh has no function ${name}`);
  const told = tell[name]?.(args) ?? name;
  const planned = machine.faults.find(({ step }) => told.includes(step));
  if (planned !== undefined) return planned;
  const outcome = perform({ machine, world, args, blobs });
  if (outcome === 'changed') world.log(`${machine.name}: ${told}`);
  return outcome;
}

type Words = readonly string[];

/** The readable line of each step. */
const tell: Readonly<Record<string, (args: Words) => string>> = {
  claim_host: () => 'claim',
  write_file: ([, path]) => `write ${path ?? ''}`,
  ensure_folder: ([path]) => `folder ${path ?? ''}`,
  configure_docker: () => 'configure Docker',
  install_docker: ([, ...packages]) =>
    packages.length === 0 ? 'start Docker' : `install ${packages.join(' ')}`,
  pull_image: ([image]) => `pull ${image ?? ''}`,
  isolate_builds: () => 'isolate builds',
  enable_timer: ([unit = '']) => `enable ${unit}`,
  start_container: ([name]) => `start ${name ?? ''}`,
  remove_container: ([name]) => `remove ${name ?? ''}`,
  restart_container: ([name]) => `restart ${name ?? ''}`,
  take_back_container: ([name]) => `take back ${name ?? ''}`,
  remove_file: ([path]) => `remove ${path ?? ''}`,
  remove_folder: ([path]) => `delete ${path ?? ''}`,
  disable_unit: ([unit]) => `disable ${unit ?? ''}`,
  start_unit: ([unit]) => `start unit ${unit ?? ''}`,
  correct_hosts_line: ([from, to]) => `correct hosts line ${from ?? ''} to ${to ?? ''}`,
  reserve_ports: (ports) => `reserve ports ${ports.join(' ')}`,
  remove_tasks: () => 'remove tasks',
  release_builds: () => 'release builds',
  release_host: () => 'release',
};

interface Call {
  readonly machine: FakeMachine;
  readonly world: StageWorld;
  readonly args: Words;
  readonly blobs: ReadonlyMap<string, string>;
}

const performers: Readonly<Record<string, (call: Call) => Outcome>> = {
  claim_host: ({ machine, world, args: [blob = '', path = '', id = ''], blobs }) => {
    const current = machine.files.get(path)?.content;
    if (current !== undefined && !current.includes(`"id": "${id}"`)) {
      return { code: 'FOREIGN_HOST', evidence: current.split('\n') };
    }
    addFolder(machine, parentOf(path));
    return writeTo(machine, world, { path, content: blobs.get(blob) ?? '', mode: '0644' });
  },
  write_file: ({ machine, world, args, blobs }) => {
    const [blob = '', path = '', mode = '', uid, gid] = args;
    const owner = { uid: Number(uid), gid: Number(gid) };
    return writeTo(machine, world, { path, content: blobs.get(blob) ?? '', mode, ...owner });
  },
  ensure_folder: ({ machine, args: [path = '', mode = '', uid, gid] }) => {
    const wanted = { mode: mode.replace(/^0/, ''), uid: Number(uid), gid: Number(gid) };
    const current = machine.folders.get(path);
    if (current !== undefined && JSON.stringify(current) === JSON.stringify(wanted)) {
      return 'unchanged';
    }
    machine.folders.set(path, wanted);
    return 'changed';
  },
  configure_docker: ({ machine, world, args: [blob = ''], blobs }) => {
    addFolder(machine, '/etc/docker');
    const content = blobs.get(blob) ?? '';
    return writeTo(machine, world, { path: '/etc/docker/daemon.json', content, mode: '0644' });
  },
  install_docker: ({ machine }) => {
    machine.docker = 'running';
    return 'changed';
  },
  pull_image: ({ machine, args: [image = ''] }) => {
    if (machine.images.has(image)) return 'unchanged';
    if (!machine.isPullable(image)) {
      return { code: 'IMAGE_MISSING', evidence: [`manifest for ${image} not found`] };
    }
    machine.images.add(image);
    return 'changed';
  },
  isolate_builds: ({ machine, args: [, script = ''] }) => {
    machine.isolation = machine.files.get(script)?.content;
    return 'changed';
  },
  enable_timer: ({ machine, world, args: [unit = ''] }) => {
    const path = `/etc/systemd/system/timers.target.wants/${unit}`;
    addFolder(machine, parentOf(path));
    writeTo(machine, world, { path, content: '', mode: '0644' });
    return 'changed';
  },
  start_container: startContainer,
  remove_container: ({ machine, args: [name = ''] }) =>
    machine.containers.delete(name) ? 'changed' : 'unchanged',
  remove_file: ({ machine, args: [path = ''] }) =>
    machine.files.delete(path) ? 'changed' : 'unchanged',
  remove_folder: ({ machine, args: [path = '', claim = '', id = ''] }) => {
    if (!machine.folders.has(path)) return 'unchanged';
    if (machine.files.get(claim)?.content.includes(`"id": "${id}"`) !== true) {
      return { code: 'FOREIGN_HOST', evidence: [`${claim} does not say that`] };
    }
    const isIn = (one: string): boolean => one === path || one.startsWith(`${path}/`);
    for (const file of [...machine.files.keys()].filter(isIn)) machine.files.delete(file);
    for (const folder of [...machine.folders.keys()].filter(isIn)) machine.folders.delete(folder);
    return 'changed';
  },
  disable_unit: ({ machine, args: [unit = ''] }) =>
    machine.files.delete(`/etc/systemd/system/timers.target.wants/${unit}`)
      ? 'changed'
      : 'unchanged',
  start_unit: ({ machine, args: [unit = ''] }) => {
    if (unit === 'docker.service') machine.docker = 'running';
    else checksOf(machine).told.delete('clock-service');
    return 'changed';
  },
  correct_hosts_line: ({ machine }) => {
    for (const key of ['own-name', 'hosts-line']) checksOf(machine).told.delete(key);
    return 'changed';
  },
  reserve_ports: ({ machine, args }) => {
    checksOf(machine).told.set('reserved', [[args.join()]]);
    return 'changed';
  },
  remove_tasks: ({ machine }) => {
    const before = machine.tasks.size;
    machine.tasks.clear();
    return before > 0 ? 'changed' : 'unchanged';
  },
  release_builds: ({ machine }) => {
    machine.isolation = undefined;
    return 'changed';
  },
  release_host: ({ machine, args: [path = '', id = ''] }) => {
    const claim = machine.files.get(path);
    if (claim === undefined) return 'unchanged';
    if (!claim.content.includes(`"id": "${id}"`)) {
      return { code: 'FOREIGN_HOST', evidence: claim.content.split('\n') };
    }
    machine.files.delete(path);
    return 'changed';
  },
  restart_container: ({ machine, world, args: [name = '', ports = ''] }) => {
    const container = machine.containers.get(name);
    if (container === undefined) return { code: 'STEP_FAILED', evidence: ['No such container'] };
    Object.assign(container, { status: 'running', exitCode: 0, restarts: 0, frozen: false });
    container.startedMs = world.clock.now();
    const why = whyNotServing(machine, container, portsIn(ports));
    return why === undefined ? 'changed' : { code: 'CONTAINER_EXITED', evidence: why };
  },
  take_back_container: takeBackContainer,
};

function startContainer({ machine, world, args }: Call): Outcome {
  const [name = '', fingerprint, replace, ports = '', , ...run] = args;
  const current = machine.containers.get(name);
  const same = current !== undefined && fingerprintOf(current) === fingerprint;
  if (replace === 'no' && same && current.status === 'running') return 'unchanged';
  machine.containers.delete(name);
  try {
    const container = dockerRun(machine, run, world.clock);
    const why = whyNotServing(machine, container, portsIn(ports));
    if (why === undefined && current !== undefined && !same) keep(machine, current);
    if (why === undefined) return 'changed';
    return putBack(machine, current, { name, evidence: why });
  } catch (error) {
    return putBack(machine, current, { name, evidence: [(error as Error).message] });
  }
}

function fingerprintOf({ labels }: FakeContainer): string | undefined {
  return labels.get('io.ci-cluster.fingerprint');
}

function portsIn(text: string): number[] {
  return text.split(',').filter(Boolean).map(Number);
}

/** Stopped, for a way back. */
function keep(machine: FakeMachine, container: FakeContainer): void {
  const name = `${container.name}.before`;
  machine.containers.set(name, { ...container, name, status: 'exited' });
}

function takeBackContainer({ machine, world, args }: Call): Outcome {
  const [name = '', fingerprint, ports = ''] = args;
  const current = machine.containers.get(name);
  const kept = machine.containers.get(`${name}.before`);
  if (current?.status === 'running' && fingerprintOf(current) === fingerprint) return 'unchanged';
  if (kept === undefined || fingerprintOf(kept) !== fingerprint) {
    return { code: 'STEP_FAILED', evidence: [`no such container is kept as ${name}.before`] };
  }
  const startedMs = world.clock.now();
  const back: FakeContainer = { ...kept, name, status: 'running', exitCode: 0, startedMs };
  const why = whyNotServing(machine, back, portsIn(ports));
  if (why !== undefined) return { code: 'CONTAINER_EXITED', evidence: why };
  machine.containers.delete(kept.name);
  machine.containers.set(name, back);
  if (current !== undefined) keep(machine, current);
  return 'changed';
}

function putBack(
  machine: FakeMachine,
  previous: ReturnType<FakeMachine['containers']['get']>,
  { name, evidence }: { readonly name: string; readonly evidence: readonly string[] },
): Fault {
  machine.containers.delete(name);
  if (previous === undefined) return { code: 'CONTAINER_EXITED', evidence };
  machine.containers.set(name, previous);
  return {
    code: 'CONTAINER_EXITED',
    evidence: [...evidence, `the ${name} that ran before is back`],
  };
}

interface Writing {
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  readonly uid?: number;
  readonly gid?: number;
}

function writeTo(machine: FakeMachine, world: StageWorld, writing: Writing): Outcome {
  const { path, content, uid = 0, gid = 0 } = writing;
  const mode = writing.mode.replace(/^0/, '');
  if (!machine.folders.has(parentOf(path))) {
    return { code: 'STEP_FAILED', evidence: [`mktemp: no such folder: ${parentOf(path)}`] };
  }
  const now = machine.files.get(path);
  const isCurrent =
    now?.content === content && now.mode === mode && now.uid === uid && now.gid === gid;
  if (isCurrent) return 'unchanged';
  machine.files.set(path, { content, mode, uid, gid, modified: world.clock.seconds() });
  return 'changed';
}

function addFolder(machine: FakeMachine, path: string): void {
  if (machine.folders.has(path)) return;
  machine.folders.set(path, { mode: '755', uid: 0, gid: 0 });
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
