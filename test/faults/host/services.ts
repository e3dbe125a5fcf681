import { existsSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpRequest, RemoteHost } from '../../../src/ports.ts';
import { Secret } from '../../../src/secret.ts';
import { fakeWorld, machine, type FakeWorld } from '../../support/fake-world.ts';
import { fakeMachine } from '../../support/fake-machine.ts';
import type { FakeContainer, FakeMachine } from '../../support/fake-machine.ts';
import { portsOf } from '../../support/fake-ports.ts';
import { startZookeeperServer } from '../../support/zookeeper-server.ts';
import type { Machine } from './machine.ts';
import { containersOf, imagesOf, type ContainerRecord } from './state.ts';

/** ZooKeeper, Mesos, Marathon and Jenkins of throw-away hosts, behind the ports of their containers. */
export interface Services extends AsyncDisposable {
  /** What a service keeps outside of its host's files: znodes and apps, a line each. */
  readonly state: () => readonly string[];
  /** Whether a connection from the host to the endpoint would be taken. */
  readonly listens: (from: string, address: string, port: number) => Promise<boolean>;
  /** Serves a connection that was taken. */
  readonly serve: (from: string, at: Place, stream: Duplex) => void;
}

interface Place {
  readonly address: string;
  readonly port: number;
}

/** A service needs this long in its own time for what takes a real one seconds. */
const stepMs = 4000;

export async function startServices(
  clusterFile: string,
  machines: readonly Machine[],
): Promise<Services> {
  const zookeeper = await startZookeeperServer();
  const world: FakeWorld = { ...fakeWorld(clusterFile), znodes: zookeeper.znodes };
  for (const real of machines) world.machines.set(real.name, machineOnDisk(real));
  const refresh = (): void => {
    for (const real of machines) readMachine(machine(world, real.name), real);
  };
  const remoteOf = async (from: string): Promise<RemoteHost> => {
    refresh();
    world.clock.advance(stepMs);
    const target = { host: from, address: '', port: 22, user: '', identityFile: '' };
    const more = { knownHostsFile: '', hostKey: undefined, bastion: undefined };
    const { connector } = portsOf(world, new AbortController().signal);
    return await connector.connect({ ...target, ...more });
  };
  const servers = new Map<string, Server>();
  const serverFor = (from: string, at: Place): Server => {
    const key = `${from} ${at.address} ${at.port}`;
    const server = servers.get(key) ?? httpServer(from, at, remoteOf);
    servers.set(key, server);
    return server;
  };
  return {
    state: () => [
      ...[...world.znodes].map(([path, content]) => `znode ${path} ${idless(content)}`).toSorted(),
      ...[...world.apps].map(([id, { definition }]) => `app ${id} ${JSON.stringify(definition)}`),
    ],
    listens: async (from, address, port) => {
      const remote = await remoteOf(from);
      if (isZookeeper(port)) {
        return typeof (await remote.exchange({ address, port }, 'ruok', 1000)) === 'string';
      }
      const request = { address, port, method: 'GET', path: '/ping', deadlineMs: 1000 } as const;
      const answer = await remote.http(request);
      return !('failure' in answer) || answer.failure !== 'refused';
    },
    serve: (from, at, stream) => {
      stream.on('error', () => undefined);
      if (!isZookeeper(at.port)) serverFor(from, at).emit('connection', asSocket(stream));
      else
        serveZookeeper(stream, zookeeper.endpoint, async (word) =>
          (await remoteOf(from)).exchange(at, word, 1000),
        );
    },
    [Symbol.asyncDispose]: () => zookeeper[Symbol.asyncDispose](),
  };
}

function idless(text: string): string {
  return text.replaceAll(/"id":\s*"[^"]+"/g, '"id": "<cluster id>"');
}

function isZookeeper(port: number): boolean {
  return port === 2181;
}

/** Four-letter words get an answer and the end; anything else is a session. */
function serveZookeeper(
  stream: Duplex,
  endpoint: Place,
  answer: (word: string) => Promise<unknown>,
): void {
  stream.once('data', (first: Buffer) => {
    const word = first.toString();
    if (/^[a-z]{4}\s*$/.test(word)) {
      void answer(word.trim()).then((text) => stream.end(typeof text === 'string' ? text : ''));
      return;
    }
    const socket = connect(endpoint.port, endpoint.address);
    socket.on('error', () => stream.destroy());
    socket.write(first);
    stream.pipe(socket).pipe(stream);
    stream.on('close', () => socket.destroy());
  });
}

/** An HTTP server takes any stream that has a socket's few methods. */
function asSocket(stream: Duplex): Socket {
  const nothing = () => stream;
  return Object.assign(stream, {
    ...{ setTimeout: nothing, setNoDelay: nothing, setKeepAlive: nothing, ref: nothing },
    unref: nothing,
  }) as unknown as Socket;
}

function httpServer(
  from: string,
  at: Place,
  remoteOf: (from: string) => Promise<RemoteHost>,
): Server {
  return createHttpServer((request, response) => {
    void bodyOf(request).then(async (body) => {
      const remote = await remoteOf(from);
      const answer = await remote.http({ ...at, ...requestOf(request, body) });
      if ('failure' in answer) request.socket.destroy();
      else send(response, answer);
    });
  });
}

function send(
  response: ServerResponse,
  { status, headers, body }: { status: number; headers: object; body: string },
): void {
  response.writeHead(status, { ...headers, connection: 'close' });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function requestOf(
  { method, url, rawHeaders }: IncomingMessage,
  body: string,
): Omit<HttpRequest, 'address' | 'port'> {
  const pairs = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
  const headers = Object.fromEntries(pairs);
  const login = loginOf(headers.authorization);
  return {
    ...{ method: method as 'GET', path: url ?? '/', headers, deadlineMs: 1000 },
    ...(body === '' ? {} : { body }),
    ...(login === undefined ? {} : { login }),
  };
}

function loginOf(header: string | undefined): HttpRequest['login'] {
  if (header === undefined) return undefined;
  const text = Buffer.from(header.replace('Basic ', ''), 'base64').toString('utf8');
  const [user = ''] = text.split(':', 1);
  return { user, password: new Secret(text.slice(user.length + 1), 'password') };
}

/** What is on a host's disk, as the services in memory look for it. */
class OnDisk extends Map<string, never> {
  readonly #real: Machine;

  constructor(real: Machine) {
    super();
    this.#real = real;
  }

  override has(path: string): boolean {
    return existsSync(this.#real.path(path));
  }

  override get(path: string): never | undefined {
    if (!this.has(path)) return undefined;
    return { content: readFileSync(this.#real.path(path), 'utf8') } as never;
  }
}

function machineOnDisk(real: Machine): FakeMachine {
  const folders = new OnDisk(real);
  const files = new OnDisk(real);
  return { ...fakeMachine(real.name, real.address), folders, files };
}

/** What Docker holds now. */
function readMachine(fake: FakeMachine, real: Machine): void {
  fake.containers.clear();
  fake.images.clear();
  for (const record of containersOf(real)) fake.containers.set(record.name, containerOf(record));
  for (const image of imagesOf(real)) fake.images.add(image);
}

function containerOf({ name, id, status, argv, created, seen }: ContainerRecord): FakeContainer {
  const values = (option: string): [string, string][] =>
    argv.flatMap((word, index): [string, string][] => {
      if (argv[index - 1] !== option) return [];
      const at = word.indexOf('=');
      return [[word.slice(0, at), word.slice(at + 1)]];
    });
  return {
    ...{
      options: new Map(),
      name,
      id,
      image: '',
      command: [],
      exitCode: 0,
      restarts: 0,
      startedMs: 0,
      frozen: false,
    },
    labels: new Map(values('--label')),
    env: new Map(values('--env')),
    seen,
    status: status === 'running' ? 'running' : 'exited',
    created: Math.floor(Date.parse(created) / 1000),
  };
}
