import { residueOf, type Residue } from './residue.ts';
import { networkInterface, type packageManagers, readRows, type Rows } from './facts-rows.ts';

/** What one host answered: everything the plan may know about it. */
export interface Facts {
  readonly system: {
    readonly id: string;
    readonly version: string;
    readonly codename: string;
    /** Ids of the systems that it is made from: `rhel`, `fedora`. */
    readonly like: readonly string[];
  };
  readonly machine: {
    readonly architecture: string;
    readonly kernel: string;
    readonly cpus: number;
  };
  readonly memoryKib: number;
  readonly cgroupVersion: 1 | 2;
  /** Seconds since 1970 on the host. */
  readonly clock: number;
  readonly packages: PackageManager;
  /**
   * Of `ss`, `ip`, `iptables`, `systemctl`, `flock` and `perl`, those that are there: what they would
   * tell is unknown without them, not in order. `podman-docker` if `docker` is podman's.
   */
  readonly tools: ReadonlySet<string>;
  /** IPv4 addresses with their network interfaces. */
  readonly addresses: readonly InterfaceAddress[];
  /** Interface of Docker's default bridge; undefined where Docker did not tell. */
  readonly bridge: string | undefined;
  /** `inForce`, or why builds could reach the control ports; undefined where nothing was ever applied. */
  readonly isolation: string | undefined;
  /** What Mesos runs in Docker here. */
  readonly tasks: readonly TaskFacts[];
  readonly docker: DockerFacts;
  /** What failover drills have left, besides containers that stand still. */
  readonly residue: readonly Residue[];
  /** Without those that are kept. */
  readonly containers: readonly ContainerFacts[];
  /** Stopped ones that were replaced and can be taken back; `NAME.before`. */
  readonly kept: readonly ContainerFacts[];
  readonly listeners: readonly Listener[];
  readonly folders: ReadonlyMap<string, FolderFacts>;
  readonly files: ReadonlyMap<string, FileFacts>;
  /** Content of a few small files, by name: `identity`, `daemon.json`, or their path. */
  readonly texts: ReadonlyMap<string, string>;
  /** References of the wanted images that the host already has. */
  readonly images: ReadonlySet<string>;
}

export type PackageManager = (typeof packageManagers)[number];

export interface InterfaceAddress {
  readonly name: string;
  readonly address: string;
}

export interface TaskFacts {
  /** Id of the Mesos container. */
  readonly container: string;
  /** Sandbox and writable layer; undefined if it could not be counted in time. */
  readonly usedKib: number | undefined;
}

export type DockerFacts =
  | { readonly kind: 'absent' | 'stopped' }
  | {
      readonly kind: 'running';
      readonly version: string;
      readonly apiVersion: string;
      readonly liveRestore: boolean;
      readonly rootFolder: string;
      readonly running: number;
    };

export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly cluster: string;
  readonly service: string;
  readonly fingerprint: string;
  readonly status: string;
  readonly exitCode: number;
  readonly restarts: number;
  /** Seconds since 1970. */
  readonly created: number;
  readonly startedAt: string;
  readonly image: string;
}

export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly process: string;
  readonly pid: string;
  /** Id of the container the process runs in; empty outside of one. */
  readonly container: string;
}

export interface FolderFacts {
  /** KiB available where the folder is or would be. */
  readonly freeKib: number;
  /** Undefined if the folder does not exist. */
  readonly state: { readonly mode: string; readonly uid: number; readonly gid: number } | undefined;
}

export interface FileFacts {
  readonly sha256: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** The packages of a host that lacks what the remote scripts cannot do without. */
export interface Lack {
  readonly tools: readonly string[];
  readonly packages: PackageManager;
}

/** What `remote/facts.sh` told instead of facts, if it could not even begin. */
export function lackIn(found: Rows): Lack | undefined {
  const tools = found.missing.map(([tool]) => tool);
  return tools.length === 0 ? undefined : { tools, packages: only(found.packages, 'packages')[0] };
}

/** Throws an Error that names the row which is missing. */
export function parseFacts(answer: string): Facts {
  return factsFrom(readRows(answer));
}

export function factsFrom(found: Rows): Facts {
  const [id, version, codename, like] = only(found.system, 'system');
  const [architecture, kernel, cpus] = only(found.machine, 'machine');
  return {
    system: { id, version, codename, like: like.split(' ').filter((word) => word !== '') },
    machine: { architecture, kernel, cpus },
    memoryKib: only(found.memory, 'memory')[0],
    cgroupVersion: only(found.cgroup, 'cgroup')[0] === '2' ? 2 : 1,
    clock: only(found.clock, 'clock')[0],
    packages: only(found.packages, 'packages')[0],
    tools: new Set(found.tool.map(([name]) => name)),
    addresses: found.address
      .filter(([name]) => networkInterface.safeParse(name).success)
      .map(([name, address]) => ({ name, address })),
    bridge: found.bridge.map(([name]) => name).find((name) => name !== ''),
    isolation: found.isolation[0]?.[0],
    tasks: found.task.map(taskFacts),
    docker: dockerFacts(only(found.docker, 'docker')),
    residue: found.residue.map(residueOf),
    ...containersIn(found.container.map(containerFacts)),
    listeners: found.listener.map(listener),
    folders: new Map(found.folder.map((row) => [row[0], folderFacts(row)])),
    files: new Map(found.file.map((row) => [row[0], fileFacts(row)])),
    texts: new Map(found.text.map(([name, base64]) => [name, fromBase64(base64)])),
    images: new Set(found.image.filter(([, image]) => image !== '').map(([name]) => name)),
  };
}

function only<T>(found: readonly T[], key: string): T {
  const [first] = found;
  if (first === undefined) throw new Error(`no line "${key}"`);
  return first;
}

function dockerFacts(row: Rows['docker'][number]): DockerFacts {
  if (row[0] !== 'running') return { kind: row[0] };
  const [kind, version, apiVersion, liveRestore, rootFolder, running] = row;
  return { kind, version, apiVersion, liveRestore: liveRestore === 'true', rootFolder, running };
}

function containerFacts(row: Rows['container'][number]): ContainerFacts {
  const [id, name, cluster, service, fingerprint, status, exitCode, restarts, ...rest] = row;
  const [created, startedAt, image] = rest;
  return {
    id,
    name: name.replace(/^\//, ''),
    ...{ cluster, service, fingerprint, status, exitCode, restarts, startedAt, image },
    created: Math.floor(Date.parse(created) / 1000),
  };
}

/** As `templates/remote/stage.sh` names them. */
const keptSuffix = '.before';

function containersIn(all: readonly ContainerFacts[]): Pick<Facts, 'containers' | 'kept'> {
  const isKept = ({ name }: ContainerFacts) => name.endsWith(keptSuffix);
  return { containers: all.filter((one) => !isKept(one)), kept: all.filter(isKept) };
}

function taskFacts([name, used]: Rows['task'][number]): TaskFacts {
  return { container: name.replace(/^mesos-/, ''), usedKib: used === '?' ? undefined : used };
}

/** Java listens on IPv4 addresses through IPv6 sockets: `[::ffff:10.0.0.11]:2181` is 10.0.0.11. */
function listener([local, process, pid, container]: Rows['listener'][number]): Listener {
  const colon = local.lastIndexOf(':');
  const address = local
    .slice(0, colon)
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '');
  return { address, port: Number(local.slice(colon + 1)), process, pid, container };
}

function folderFacts(row: Rows['folder'][number]): FolderFacts {
  if (row.length === 2) return { freeKib: row[1], state: undefined };
  return { freeKib: row[1], state: { mode: row[2], uid: row[3], gid: row[4] } };
}

function fileFacts([, sha256, mode, uid, gid, modified]: Rows['file'][number]): FileFacts {
  return { sha256, mode, uid, gid, modified };
}

function fromBase64(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
}
