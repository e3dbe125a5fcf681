import { z } from 'zod';

/** What a host answered to `check/facts.sh`: facts that only checks want. */
export interface CheckFacts {
  readonly hostname: string;
  readonly machineId: string | undefined;
  /** SHA-256 of each public host key, by its type. */
  readonly hostKeys: ReadonlyMap<string, string>;
  /** Of perl, flock, setpriv, getent, systemctl and ss, those that are there. */
  readonly tools: ReadonlySet<string>;
  /** Kind of container that the host itself is; undefined for a machine. */
  readonly container: string | undefined;
  readonly selinuxEnforces: boolean;
  readonly ephemeral: { readonly first: number; readonly last: number } | undefined;
  /** Ports that are never taken for outgoing connections. */
  readonly reserved: readonly { readonly first: number; readonly last: number }[];
  readonly clock: {
    /** Process that keeps the time. */
    readonly service: string | undefined;
    /** Unit that could, where it is installed. */
    readonly unit: string | undefined;
    readonly synchronised: boolean | undefined;
  };
  readonly docker: EngineFacts;
  /** Addresses of its own host name, as it resolves them itself. */
  readonly ownName: readonly string[];
  /** Line of /etc/hosts that has its own names, and no others, on loopback. */
  readonly hostsLine: { readonly address: string; readonly names: readonly string[] } | undefined;
  /** Addresses of the names that were asked for; none where a name is not known. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly places: ReadonlyMap<string, Place>;
  readonly images: ReadonlyMap<string, ImageFacts>;
  /** For images that are not there: whether the registry has them. */
  readonly pulls: ReadonlyMap<string, PullAnswer>;
  /** What an image brings along. */
  readonly configs: ReadonlyMap<string, ImageConfig>;
  /** What `docker version` said inside the Mesos agent. */
  readonly client: { readonly works: boolean; readonly said: string } | undefined;
  /** By home: the first thing in it that does not belong to uid 1000. */
  readonly homes: ReadonlyMap<string, string | undefined>;
}

export interface EngineFacts {
  /** The unit by which it could be started. */
  readonly unit: string | undefined;
  readonly kind: string | undefined;
  readonly leastApi: string | undefined;
  readonly driver: string | undefined;
  /** As Docker prints them: `["name=seccomp,profile=default"]`. */
  readonly security: string;
  readonly swarm: string | undefined;
  readonly limitsMemory: boolean | undefined;
  readonly limitsCpu: boolean | undefined;
}

export interface Place {
  /** Number of the device: places with the same one share their room. */
  readonly device: string;
  /** As stat(1) names it: `ext2/ext3`, `tmpfs`, `overlayfs`. */
  readonly kind: string;
  readonly totalKib: number;
  readonly freeKib: number;
  readonly totalInodes: number;
  readonly freeInodes: number;
}

export interface ImageFacts {
  readonly id: string;
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly digests: readonly string[];
}

export interface PullAnswer {
  readonly kind: 'yes' | 'no' | 'unknown';
  readonly why: string;
}

export interface ImageConfig {
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
}

const text = z.string();
/** Some file systems have no inodes to count and say `-`. */
const count = z.union([z.literal('-').transform(() => 0), z.coerce.number().nonnegative()]);

const rows = {
  clock: z.tuple([text]),
  hostname: z.tuple([text]),
  'machine-id': z.tuple([text]),
  'host-key': z.tuple([text, text]),
  tool: z.tuple([text]),
  container: z.tuple([text]),
  selinux: z.tuple([text]),
  ephemeral: z.tuple([text]),
  reserved: z.tuple([text]),
  'clock-service': z.tuple([text]),
  'clock-unit': z.tuple([text]),
  'clock-synced': z.tuple([text]),
  'docker-unit': z.tuple([text]),
  'docker-kind': z.tuple([text]),
  'docker-api': z.tuple([text]),
  'docker-driver': z.tuple([text]),
  'docker-security': z.tuple([text]),
  'docker-swarm': z.tuple([text]),
  'docker-limits': z.tuple([text]),
  'own-name': z.tuple([text]),
  'hosts-line': z.tuple([text, text]),
  name: z.tuple([text, text]),
  place: z.tuple([text, text, text, count, count, count, count]),
  image: z.tuple([text, text, count, text, text]),
  pull: z.tuple([text, z.enum(['yes', 'no', 'unknown']), text]),
  config: z.tuple([text, text]),
  client: z.tuple([text, text]),
  home: z.tuple([text, text]),
};

type Rows = { [Key in keyof typeof rows]: z.output<(typeof rows)[Key]>[] };

/** Parses the answer of `check/facts.sh`; throws an Error that says which line is not understood. */
export function parseCheckFacts(answer: string): CheckFacts {
  const lines = answer.split('\n').filter((line) => line !== '');
  if (lines.at(-1) !== 'end') throw new Error('the answer is cut off');
  const found = Object.fromEntries(Object.keys(rows).map((key) => [key, []])) as unknown as Rows;
  for (const line of lines.slice(0, -1)) addRow(found, line);
  return assemble(found);
}

function addRow(found: Rows, line: string): void {
  const [key = '', ...values] = line.split('\t');
  const parsed = Object.hasOwn(rows, key)
    ? rows[key as keyof typeof rows].safeParse(values)
    : undefined;
  if (parsed?.success !== true) throw new Error(`unexpected line: ${line.slice(0, 120)}`);
  (found[key as keyof Rows] as unknown[]).push(parsed.data);
}

function assemble(found: Rows): CheckFacts {
  const [line] = found['hosts-line'];
  return {
    ...aboutSystem(found),
    docker: engineFacts(found),
    ownName: words(found['own-name'][0]?.[0]),
    hostsLine: line && { address: line[0], names: words(line[1].replace(/#.*/, '')) },
    names: new Map(found.name.map(([name, addresses]) => [name, words(addresses)])),
    places: new Map(found.place.map((row) => [row[0], placeFacts(row)])),
    images: new Map(found.image.map((row) => [row[0], imageFacts(row)])),
    pulls: new Map(found.pull.map(([image, kind, why]) => [image, { kind, why }])),
    configs: new Map(found.config.map(([image, base64]) => [image, imageConfig(base64)])),
    client: found.client.map(([code, said]) => ({ works: code === '0', said }))[0],
    homes: new Map(found.home.map(([home, stranger]) => [home, filled(stranger)])),
  };
}

function aboutSystem(found: Rows) {
  const first = (key: 'hostname' | 'machine-id' | 'container' | 'selinux' | 'ephemeral') =>
    filled(found[key][0]?.[0]);
  const container = first('container');
  return {
    hostname: first('hostname') ?? '',
    machineId: first('machine-id'),
    hostKeys: new Map(found['host-key']),
    tools: new Set(found.tool.map(([name]) => name)),
    container: container === 'none' ? undefined : container,
    selinuxEnforces: first('selinux') === '1',
    ephemeral: range(words(first('ephemeral'))),
    reserved: ranges(found.reserved[0]?.[0] ?? ''),
    clock: clockFacts(found),
  };
}

function clockFacts(found: Rows) {
  return {
    service: filled(found['clock-service'][0]?.[0]),
    unit: filled(found['clock-unit'][0]?.[0]),
    synchronised: yesOrNo(found['clock-synced'][0]?.[0]),
  };
}

function ranges(list: string) {
  return list.split(',').flatMap((part) => range(part.trim().split('-')) ?? []);
}

function engineFacts(found: Rows): EngineFacts {
  const [memory, cpu] = words(found['docker-limits'][0]?.[0]);
  return {
    unit: filled(found['docker-unit'][0]?.[0]),
    kind: filled(found['docker-kind'][0]?.[0]),
    leastApi: filled(found['docker-api'][0]?.[0]),
    driver: filled(found['docker-driver'][0]?.[0]),
    security: found['docker-security'][0]?.[0] ?? '',
    swarm: filled(found['docker-swarm'][0]?.[0]),
    limitsMemory: yesOrNo(memory),
    limitsCpu: yesOrNo(cpu),
  };
}

function placeFacts(row: Rows['place'][number]): Place {
  const [, device, kind, totalKib, freeKib, totalInodes, freeInodes] = row;
  return { device, kind, totalKib, freeKib, totalInodes, freeInodes };
}

function imageFacts([, id, sizeBytes, architecture, digests]: Rows['image'][number]): ImageFacts {
  return { id, sizeBytes, architecture, digests: words(digests) };
}

const configSchema = z.object({
  Env: z.array(text).nullish(),
  Entrypoint: z.union([text, z.array(text)]).nullish(),
});

function imageConfig(base64: string): ImageConfig {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const { Env, Entrypoint } = configSchema.parse(value);
  return { env: Env ?? [], entrypoint: [Entrypoint ?? []].flat() };
}

function range([first, last = first]: readonly (string | undefined)[]) {
  const [low, high] = [Number(first), Number(last)];
  return filled(first) === undefined || Number.isNaN(low + high)
    ? undefined
    : { first: low, last: high };
}

function yesOrNo(word: string | undefined): boolean | undefined {
  if (word === 'yes' || word === 'true') return true;
  return word === 'no' || word === 'false' ? false : undefined;
}

function words(line: string | undefined): string[] {
  return (line ?? '').split(/\s+/).filter((word) => word !== '');
}

function filled(word: string | undefined): string | undefined {
  return word === undefined || word.trim() === '' ? undefined : word.trim();
}
