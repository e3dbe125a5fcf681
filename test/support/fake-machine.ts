import type { Residue } from '../../src/plan/residue.ts';
import { sha256 } from '../../src/plan/fingerprint.ts';
import type { FakeClock } from './fake-clock.ts';
import type { FakeLock } from './fake-lock.ts';

export interface FakeFile {
  content: string;
  /** Octal without leading zero, as stat prints it. */
  mode: string;
  uid: number;
  gid: number;
  /** Seconds since 1970. */
  modified: number;
}

export type FakeFolder = Pick<FakeFile, 'mode' | 'uid' | 'gid'>;

export interface FakeContainer {
  readonly id: string;
  name: string;
  readonly image: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly env: ReadonlyMap<string, string>;
  readonly command: readonly string[];
  /** Of `docker run`, by their names; nothing if it was not given. */
  readonly options?: ReadonlyMap<string, readonly string[]>;
  /** What its processes read at their start, by path inside the container. */
  readonly seen: ReadonlyMap<string, string>;
  status: 'running' | 'exited' | 'restarting';
  exitCode: number;
  restarts: number;
  /** Milliseconds of the fake clock. */
  startedMs: number;
  created: number;
  /** Its processes are stopped: connections open, answers never come. */
  frozen: boolean;
}

export interface FakeListener {
  readonly address: string;
  readonly port: number;
  readonly process: string;
  readonly pid: number;
  readonly container: string;
}

/**
 * A fault of one step: the step whose readable line contains `step` fails like this. With the code
 * RESULT_UNKNOWN the connection is lost instead.
 */
export interface StepFault {
  readonly step: string;
  readonly code: string;
  readonly evidence: readonly string[];
}

/** One host in memory. Tests read and change the fields as a person at its console would. */
export interface FakeMachine {
  readonly name: string;
  readonly address: string;
  system: { id: string; version: string; codename: string; like?: string };
  packages: 'apt' | 'dnf' | 'yum' | 'none';
  cgroup: 1 | 2;
  docker: 'absent' | 'stopped' | 'running';
  readonly tools: Set<string>;
  /** Interface of its service address, and of Docker's bridge. */
  interface: string;
  bridge: string;
  /** The script whose rules are in force, as it was then. */
  isolation: string | undefined;
  /** Tasks in Docker by container id, with the KiB that they use; undefined if it takes long to count. */
  readonly tasks: Map<string, number | undefined>;
  readonly files: Map<string, FakeFile>;
  readonly folders: Map<string, FakeFolder>;
  readonly images: Set<string>;
  /** False for images that no registry has. */
  isPullable: (image: string) => boolean;
  readonly containers: Map<string, FakeContainer>;
  /** What else listens on the host. */
  readonly strangers: FakeListener[];
  /** Free space of the disk under the folder. */
  freeKib: (folder: string) => number;
  readonly faults: StepFault[];
  /** Containers that exit at once, with what they say. */
  readonly exits: Map<string, { exitCode: number; lines: readonly string[] }>;
  /** Lines of the journal that the host keeps of runs. */
  readonly journal: string[];
  /** What drills have left. */
  residue: readonly Residue[];
  lock: FakeLock | undefined;
  /** JSON of a holder that lost its lock, while a script of it still runs. */
  busyWith: string | undefined;
}

export function fakeMachine(name: string, address: string): FakeMachine {
  return {
    name,
    address,
    system: { id: 'debian', version: '12', codename: 'bookworm' },
    packages: 'apt',
    cgroup: 2,
    docker: 'running',
    tools: new Set(['ss', 'ip', 'iptables', 'systemctl', 'flock', 'perl']),
    interface: 'eth0',
    bridge: 'docker0',
    isolation: undefined,
    tasks: new Map(),
    files: new Map(),
    folders: new Map(
      ['/etc', '/etc/systemd/system'].map((path) => [path, { mode: '755', uid: 0, gid: 0 }]),
    ),
    images: new Set(),
    isPullable: () => true,
    containers: new Map(),
    strangers: [],
    freeKib: () => 50_000_000,
    faults: [],
    exits: new Map(),
    journal: [],
    residue: [],
    lock: undefined,
    busyWith: undefined,
  };
}

/** 64 hex digits, as Docker's. */
export function containerId(machine: FakeMachine, name: string, clock: FakeClock): string {
  return sha256(`${machine.name} ${name} ${clock.now()} ${machine.containers.size}`);
}

/** A running container by its service label; it outlives a stopped Docker Engine (live-restore). */
export function running(machine: FakeMachine, service: string): FakeContainer | undefined {
  if (machine.docker === 'absent') return undefined;
  return [...machine.containers.values()].find(
    ({ labels, status }) => labels.get('io.ci-cluster.service') === service && status === 'running',
  );
}
