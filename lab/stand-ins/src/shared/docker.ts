import { realClock, sleep } from './clock.ts';
import { call, openStream, type Call, type Reply } from './http-client.ts';

export interface ContainerDefinition {
  readonly Image: string;
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly HostConfig?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface ContainerDetails {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly Error: string;
    readonly OOMKilled: boolean;
  };
  readonly [key: string]: unknown;
}

export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
}

/** The part of Docker the Mesos agent needs. Messages of `DockerError` are Docker's own. */
export interface Docker {
  readonly imageExists: (image: string) => Promise<boolean>;
  /** `login` is the value of `X-Registry-Auth`. */
  readonly pull: (image: string, login?: string) => Promise<void>;
  readonly create: (name: string, definition: ContainerDefinition) => Promise<string>;
  readonly start: (id: string) => Promise<void>;
  /** `undefined`: no such container. */
  readonly inspect: (id: string) => Promise<ContainerDetails | undefined>;
  /** Resolves with the exit code when the container ends, however long that takes. */
  readonly wait: (id: string) => Promise<number>;
  /** Not running or gone is no error. */
  readonly kill: (id: string, signal: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  /** Stopped ones too; names begin with `prefix`. */
  readonly list: (prefix: string) => Promise<readonly ContainerSummary[]>;
  /** Output so far and to come, demultiplexed, until the container ends. */
  readonly follow: (id: string, sink: OutputSink) => Promise<void>;
  /** The exit code of a command in a running container. */
  readonly exec: (id: string, argv: readonly string[]) => Promise<number>;
  /** One sample of what it uses; `undefined`: not running. */
  readonly stats: (id: string) => Promise<ContainerStats | undefined>;
}

/** The part of `GET /containers/{id}/stats` that Mesos' statistics need. */
export interface ContainerStats {
  readonly cpu_stats?: {
    /** Nanoseconds. */
    readonly cpu_usage?: {
      readonly usage_in_kernelmode?: number;
      readonly usage_in_usermode?: number;
    };
    readonly throttling_data?: {
      readonly periods?: number;
      readonly throttled_periods?: number;
      readonly throttled_time?: number;
    };
  };
  readonly memory_stats?: {
    readonly usage?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
}

interface OutputSink {
  readonly stdout: (chunk: Buffer) => void;
  readonly stderr: (chunk: Buffer) => void;
}

export class DockerError extends Error {
  override readonly name = 'DockerError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const pullTimeoutMs = 30 * 60_000;
/** A task may run for months; the connection is local. */
const waitTimeoutMs = 2 ** 31 - 1;

/** Docker Engine API without version prefix: the daemon's own, so that 20.10 and 29 both answer. */
export function dockerOver(socketPath: string): Docker {
  const ask = (path: string, options: Call = {}): Promise<Reply> =>
    call(`http://docker${path}`, { timeoutMs: 60_000, ...options, socketPath });
  return {
    imageExists: async (image) => {
      const reply = await ask(`/images/${image}/json`);
      return accept(reply, [404]).status !== 404;
    },
    pull: (image, login) => pull(ask, image, login),
    create: async (name, definition) => {
      const path = `/containers/create?${new URLSearchParams({ name }).toString()}`;
      const reply = accept(await ask(path, { body: definition }));
      return (JSON.parse(reply.body) as { Id: string }).Id;
    },
    start: async (id) => {
      accept(await ask(`/containers/${id}/start`, { method: 'POST' }), [304]);
    },
    inspect: async (id) => {
      const reply = accept(await ask(`/containers/${id}/json`), [404]);
      return reply.status === 404 ? undefined : (JSON.parse(reply.body) as ContainerDetails);
    },
    wait: async (id) => {
      const options = { method: 'POST', timeoutMs: waitTimeoutMs };
      const reply = accept(await ask(`/containers/${id}/wait`, options));
      return (JSON.parse(reply.body) as { StatusCode: number }).StatusCode;
    },
    kill: async (id, signal) => {
      const reply = await ask(`/containers/${id}/kill?signal=${signal}`, { method: 'POST' });
      accept(reply, [404, 409]);
    },
    remove: async (id) => {
      accept(await ask(`/containers/${id}?force=1&v=1`, { method: 'DELETE' }), [404, 409]);
    },
    list: async (prefix) => {
      const filters = JSON.stringify({ name: [`^/${prefix}`] });
      const query = new URLSearchParams({ all: '1', filters });
      const reply = accept(await ask(`/containers/json?${query.toString()}`));
      return JSON.parse(reply.body) as ContainerSummary[];
    },
    follow: (id, sink) => follow(socketPath, id, sink),
    exec: (id, argv) => exec(ask, id, argv),
    stats: (id) => stats(ask, id),
  };
}

type Ask = (path: string, options?: Call) => Promise<Reply>;

async function pull(ask: Ask, image: string, login: string | undefined): Promise<void> {
  const { repository, tag } = splitImage(image);
  const query = new URLSearchParams({ fromImage: repository, tag });
  const reply = await ask(`/images/create?${query.toString()}`, {
    method: 'POST',
    timeoutMs: pullTimeoutMs,
    ...(login === undefined ? {} : { headers: { 'X-Registry-Auth': login } }),
  });
  failOnStreamedError(accept(reply));
}

async function stats(ask: Ask, id: string): Promise<ContainerStats | undefined> {
  const reply = accept(await ask(`/containers/${id}/stats?stream=0&one-shot=1`), [404, 409]);
  return reply.status >= 300 ? undefined : (JSON.parse(reply.body) as ContainerStats);
}

const execPollMs = 100;
const execPolls = 6000;

async function exec(ask: Ask, id: string, argv: readonly string[]): Promise<number> {
  const created = accept(await ask(`/containers/${id}/exec`, { body: { Cmd: argv } }));
  const { Id } = JSON.parse(created.body) as { Id: string };
  accept(await ask(`/exec/${Id}/start`, { body: { Detach: true } }));
  for (let poll = 0; poll < execPolls; poll++) {
    const reply = accept(await ask(`/exec/${Id}/json`));
    const state = JSON.parse(reply.body) as { Running: boolean; ExitCode: number | null };
    if (!state.Running) return state.ExitCode ?? 1;
    await sleep(realClock, execPollMs);
  }
  throw new Error(`${argv[0] ?? ''} in ${id} has not ended`);
}

function accept(reply: Reply, alsoFine: readonly number[] = []): Reply {
  if (reply.status < 300 || alsoFine.includes(reply.status)) return reply;
  throw new DockerError(reply.status, messageOf(reply.body));
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}

/** A failing pull answers 200 and puts the error into the stream of progress lines. */
function failOnStreamedError(reply: Reply): void {
  for (const line of reply.body.split('\n').filter((one) => one.trim() !== '')) {
    const { error } = JSON.parse(line) as { error?: string };
    if (error !== undefined) throw new DockerError(500, error);
  }
}

/** An empty tag would pull all tags. A digest goes where the tag goes. */
export function splitImage(image: string): { repository: string; tag: string } {
  const digest = image.indexOf('@');
  if (digest !== -1) return { repository: image.slice(0, digest), tag: image.slice(digest + 1) };
  const colon = image.lastIndexOf(':');
  if (colon > image.lastIndexOf('/')) {
    return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
  }
  return { repository: image, tag: 'latest' };
}

/** Docker frames the two outputs: one byte for which, three empty, four for the length. */
async function follow(socketPath: string, id: string, sink: OutputSink): Promise<void> {
  let pending: Buffer = Buffer.alloc(0);
  await new Promise<void>((resolve, reject) => {
    const onChunk = (chunk: Buffer) => {
      pending = drain(Buffer.concat([pending, chunk]), sink);
    };
    const path = `/containers/${id}/logs?stdout=1&stderr=1&follow=1`;
    openStream(`http://docker${path}`, { socketPath }, { onChunk, onEnd: resolve }).catch(reject);
  });
}

function drain(buffer: Buffer, sink: OutputSink): Buffer {
  let rest = buffer;
  while (rest.length >= 8) {
    const end = 8 + rest.readUInt32BE(4);
    if (rest.length < end) break;
    const write = rest[0] === 2 ? sink.stderr : sink.stdout;
    write(rest.subarray(8, end));
    rest = rest.subarray(end);
  }
  return rest;
}
