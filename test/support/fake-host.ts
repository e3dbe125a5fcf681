import { ClusterError } from '../../src/errors.ts';
import type {
  Argv,
  Endpoint,
  HttpAnswer,
  HttpRequest,
  Input,
  NoAnswer,
  Ran,
  RemoteHost,
  RunOptions,
  ZookeeperSession,
} from '../../src/ports.ts';

/** What a program does with its arguments and all of its input. Never ending is `'hangs'`. */
export type FakeProgram = (argv: Argv, input: string) => Partial<Ran> | 'hangs';

/** What answers at an endpoint; where none is, nothing listens. */
export interface FakeService {
  readonly http?: (request: HttpRequest) => Partial<HttpAnswer> | NoAnswer;
  readonly words?: (payload: string) => string | NoAnswer;
  readonly znodes?: Map<string, string>;
}

export interface FakeHostOptions {
  readonly name: string;
  /** By the first word of the command. */
  readonly programs?: Readonly<Record<string, FakeProgram>>;
  /** By `address:port`. */
  readonly services?: Readonly<Record<string, FakeService>>;
  /** Takes one readable line for everything that was asked of the host. */
  readonly log?: (line: string) => void;
}

/** A host in memory. Deadlines pass at once: what hangs is late immediately. */
export function fakeHost(options: FakeHostOptions): RemoteHost {
  const { name, log = () => undefined } = options;
  const serviceAt = (endpoint: Endpoint): FakeService | undefined =>
    options.services?.[`${endpoint.address}:${endpoint.port}`];
  return {
    name,
    run: (argv, runOptions) => {
      log(`${name}: ${runOptions.asRoot === true ? 'as root ' : ''}${argv.join(' ')}`);
      return Promise.resolve().then(() => runFake(options, argv, runOptions));
    },
    http: (request) => {
      log(`${name}: ${request.method} ${request.address}:${request.port}${request.path}`);
      const answer = serviceAt(request)?.http?.(request) ?? nothingListens;
      if ('failure' in answer) return Promise.resolve(answer);
      return Promise.resolve({ status: 200, headers: {}, body: '', ...answer });
    },
    exchange: (endpoint, payload) => {
      log(`${name}: ${payload} to ${endpoint.address}:${endpoint.port}`);
      return Promise.resolve(serviceAt(endpoint)?.words?.(payload) ?? nothingListens);
    },
    zookeeper: (endpoint) => {
      const znodes = serviceAt(endpoint)?.znodes;
      if (znodes === undefined) return Promise.reject(gateError(name, 'nothing listens there'));
      return Promise.resolve(
        fakeZookeeper(znodes, (line) => {
          log(`${name}: ${line}`);
        }),
      );
    },
    [Symbol.asyncDispose]: () => {
      log(`${name}: close`);
      return Promise.resolve();
    },
  };
}

const nothingListens: NoAnswer = { failure: 'refused', detail: 'connection refused' };

function runFake({ name, programs }: FakeHostOptions, argv: Argv, options: RunOptions): Ran {
  if (options.signal?.aborted === true) throw error(name, 'INTERRUPTED', 'interrupted');
  const program = programs?.[argv[0]];
  const ran: Ran = { exitCode: 0, signal: undefined, stdout: '', stderr: '', truncated: false };
  if (program === undefined) return { ...ran, exitCode: 127, stderr: `${argv[0]}: not found\n` };
  const result = program(argv, textOf(options.input ?? []));
  if (result === 'hangs') throw error(name, 'RESULT_UNKNOWN', `no result from ${name}`);
  completeLines(result.stdout ?? '').forEach((line) => options.onLine?.(line));
  return { ...ran, ...result };
}

function completeLines(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

function textOf(input: Input): string {
  const parts = input.map((part) => {
    if (part instanceof Uint8Array) return part;
    return Buffer.from(typeof part === 'string' ? part : part.reveal());
  });
  return Buffer.concat(parts).toString('utf8');
}

function fakeZookeeper(znodes: Map<string, string>, log: (line: string) => void): ZookeeperSession {
  return {
    read: (path) => Promise.resolve(znodes.get(path)),
    children: (path) => {
      const prefix = path === '/' ? '/' : `${path}/`;
      const below = [...znodes.keys()].filter((key) => key.startsWith(prefix));
      return Promise.resolve([
        ...new Set(below.map((key) => key.slice(prefix.length).split('/')[0] ?? '')),
      ]);
    },
    create: (path, content) => {
      log(`create ${path}`);
      if (znodes.has(path)) return Promise.resolve(false);
      znodes.set(path, content);
      return Promise.resolve(true);
    },
    append: (path, content) => {
      if (znodes.has(path)) return Promise.resolve(false);
      znodes.set(path, content);
      return Promise.resolve(true);
    },
    remove: (path) => Promise.resolve(znodes.delete(path)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function gateError(host: string, why: string): ClusterError {
  return error(host, 'GATE_NOT_REACHED', `ZooKeeper on ${host}: ${why}`);
}

function error(host: string, code: ClusterError['code'], message: string): ClusterError {
  return new ClusterError(code, message, { host, remedy: 'Run the same command again.' });
}
