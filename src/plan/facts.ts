import { z } from 'zod';

/** What one host answered: everything the plan may know about it. */
export interface Facts {
  readonly system: { readonly id: string; readonly version: string; readonly codename: string };
  readonly machine: {
    readonly architecture: string;
    readonly kernel: string;
    readonly cpus: number;
  };
  readonly memoryKib: number;
  readonly cgroupVersion: 1 | 2;
  /** Seconds since 1970 on the host. */
  readonly clock: number;
  readonly packages: 'apt' | 'none';
  /** Of `ss`, `iptables` and `systemctl`, those that are there. */
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
  readonly containers: readonly ContainerFacts[];
  readonly listeners: readonly Listener[];
  readonly folders: ReadonlyMap<string, FolderFacts>;
  readonly files: ReadonlyMap<string, FileFacts>;
  /** Content of a few small files, by name: `identity`, `daemon.json`, or their path. */
  readonly texts: ReadonlyMap<string, string>;
  /** References of the wanted images that the host already has. */
  readonly images: ReadonlySet<string>;
}

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

const text = z.string();
const count = z.coerce.number().int().nonnegative();

/** Goes into rendered scripts, so anything else in an answer is refused. */
const networkInterface = text.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/);

const rows = {
  system: z.tuple([text, text, text]),
  machine: z.tuple([text, text, count]),
  memory: z.tuple([count]),
  cgroup: z.tuple([z.enum(['1', '2'])]),
  clock: z.tuple([count]),
  packages: z.tuple([z.enum(['apt', 'none'])]),
  tool: z.tuple([text]),
  address: z.tuple([text, text]),
  bridge: z.tuple([z.union([z.literal(''), networkInterface])]),
  isolation: z.tuple([text]),
  task: z.tuple([text, z.union([z.literal('?'), count])]),
  docker: z.union([
    z.tuple([z.enum(['absent', 'stopped'])]),
    z.tuple([z.literal('running'), text, text, text, text, count]),
  ]),
  container: z.tuple([
    ...[text, text, text, text, text, text],
    z.coerce.number().int(),
    ...[count, text, text, text],
  ] as const),
  listener: z.tuple([text, text, text, text]),
  folder: z.union([z.tuple([text, count]), z.tuple([text, count, text, count, count])]),
  file: z.tuple([text, text, text, count, count, count]),
  text: z.tuple([text, text]),
  image: z.tuple([text, text]),
};

type Rows = { [Key in keyof typeof rows]: z.output<(typeof rows)[Key]>[] };

/**
 * Parses the answer of `remote/facts.sh`. Throws an Error that says which line is not understood;
 * an answer without its last line was cut off and is refused too.
 */
export function parseFacts(answer: string): Facts {
  const lines = answer.split('\n').filter((line) => line !== '');
  if (lines[0] !== 'facts\t1') throw new Error(`unexpected first line: ${clip(lines[0] ?? '')}`);
  if (lines.at(-1) !== 'end') throw new Error('the answer is cut off');
  const found = Object.fromEntries(Object.keys(rows).map((key) => [key, []])) as unknown as Rows;
  for (const line of lines.slice(1, -1)) addRow(found, line);
  return assemble(found);
}

function addRow(found: Rows, line: string): void {
  const [key = '', ...values] = line.split('\t');
  if (!Object.hasOwn(rows, key)) throw new Error(`unexpected line: ${clip(line)}`);
  const parsed = rows[key as keyof typeof rows].safeParse(values);
  if (!parsed.success) throw new Error(`unexpected line: ${clip(line)}`);
  (found[key as keyof Rows] as unknown[]).push(parsed.data);
}

function assemble(found: Rows): Facts {
  const [id, version, codename] = only(found.system, 'system');
  const [architecture, kernel, cpus] = only(found.machine, 'machine');
  return {
    system: { id, version, codename },
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
    containers: found.container.map(containerFacts),
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

function clip(line: string): string {
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
