import type { Client } from 'node-zookeeper-client';
import { ClusterError } from '../errors.ts';
import type { Endpoint, NoAnswer, ZookeeperSession } from '../ports.ts';
import { settlesWithin, startDeadline, unlessAborted } from './deadline.ts';
import { relayTo } from './relay.ts';
import { forwardingRefused } from './ssh/faults.ts';
import { seconds } from './supervise.ts';
import { nameOfEndpoint } from './wire.ts';
import type { Dial, Wire } from './wire.ts';
import { appendZnode, createZnode, readChildren, readZnode, removeZnode } from './znodes.ts';

export interface ZookeeperTarget extends Endpoint {
  readonly host: string;
  /** Of opening the session and of each call. */
  readonly deadlineMs: number;
}

/**
 * A session with one member. node-zookeeper-client 1.1 has no read timeout, never tells of a frozen
 * member and reconnects for ever: so each call has its deadline, a session that was once in doubt
 * is not used again, and the relay takes one connection only.
 */
export async function openZookeeper(
  dial: Dial,
  target: ZookeeperTarget,
): Promise<ZookeeperSession> {
  using deadline = startDeadline(target.deadlineMs);
  const wire = await dial(target, deadline.signal);
  if ('failure' in wire) throw noWire(target, wire);
  const line = await connectThrough(wire);
  if (await unlessAborted(line.connected, deadline.signal)) return sessionOn(line, target);
  const why = line.doubt() ?? `no session within ${seconds(target.deadlineMs)}`;
  line.distrust(why);
  await line.close();
  throw fault(target, why);
}

interface Line {
  readonly client: Client;
  /** False if the member hung up. */
  readonly connected: Promise<boolean>;
  readonly ended: Promise<undefined>;
  /** Why the session must not be used any more. */
  readonly doubt: () => string | undefined;
  readonly distrust: (reason: string) => void;
  readonly close: () => Promise<void>;
}

const sessionTimeoutMs = 10_000;
const closeMs = 1_000;

async function connectThrough(wire: Wire): Promise<Line> {
  const { default: zookeeper } = await import('node-zookeeper-client');
  let doubt: string | undefined;
  const distrust = (reason: string): void => {
    doubt ??= reason;
  };
  const relay = await relayTo(wire.stream, (first) => {
    const isZookeeper = looksLikeZookeeper(first);
    if (!isZookeeper) distrust('what answers there is not ZooKeeper');
    return isZookeeper;
  });
  const client = zookeeper.createClient(`127.0.0.1:${relay.port}`, {
    sessionTimeout: sessionTimeoutMs,
    spinDelay: 50,
    retries: 0,
  });
  catchParserFaults(client, () => {
    distrust('its answer makes no sense');
    wire.stream.destroy();
  });
  const ended = endOf(wire);
  const hungUp = ended.then(() => {
    distrust('it closed the connection');
    return false;
  });
  const connected = new Promise<boolean>((resolve) => {
    client.once('connected', () => {
      resolve(true);
    });
  });
  client.connect();
  return {
    client,
    connected: Promise.race([connected, hungUp]),
    ended,
    doubt: () => doubt,
    distrust,
    close: createClose(client, [relay, wire], () =>
      doubt === undefined ? settlesWithin(ended, closeMs) : Promise.resolve(false),
    ),
  };
}

/** Of the wire, as the library tells of no end before its first connection. */
function endOf({ stream }: Wire): Promise<undefined> {
  return new Promise((resolve) => {
    const end = (): void => {
      resolve(undefined);
    };
    stream.once('end', end).once('close', end);
  });
}

/** ConnectResponse of ZooKeeper 3.4 and later: 37 bytes after the length; 36 of older ones. */
function looksLikeZookeeper(first: Buffer): boolean {
  return first.length >= 4 && [36, 37].includes(first.readInt32BE(0));
}

/**
 * The library (1.1.3) throws in a socket's event for what it cannot read, for error codes newer
 * than itself, and for a first answer that comes after close(): nobody else could catch that.
 */
function catchParserFaults(client: Client, onFault: () => void): void {
  const { connectionManager } = client as unknown as ClientInside;
  const parse = connectionManager.onSocketData.bind(connectionManager);
  connectionManager.onSocketData = (chunk) => {
    try {
      parse(chunk);
    } catch {
      onFault();
    }
  };
}

interface ClientInside {
  readonly connectionManager: { onSocketData: (chunk: Buffer) => void };
}

/** The library goes on connecting until it is closed and its socket is gone. */
function createClose(
  client: Client,
  parts: readonly Disposable[],
  farewell: () => Promise<unknown>,
): () => Promise<void> {
  let isClosed = false;
  return async () => {
    if (isClosed) return;
    isClosed = true;
    client.close();
    await farewell();
    parts.forEach((part) => {
      part[Symbol.dispose]();
    });
  };
}

function sessionOn(line: Line, target: ZookeeperTarget): ZookeeperSession {
  const call = <T>(what: string, start: () => Promise<T>): Promise<T> =>
    bounded(line, target, { what, start });
  const { client } = line;
  return {
    read: (path) => call(`read ${path}`, () => readZnode(client, path)),
    children: (path) => call(`list ${path}`, () => readChildren(client, path)),
    create: (path, content) => call(`create ${path}`, () => createZnode(client, path, content)),
    append: (path, content) => call(`create ${path}`, () => appendZnode(client, path, content)),
    remove: (path) => call(`remove ${path}`, () => removeZnode(client, path)),
    [Symbol.asyncDispose]: line.close,
  };
}

interface Call<T> {
  readonly what: string;
  readonly start: () => Promise<T>;
}

async function bounded<T>(line: Line, target: ZookeeperTarget, call: Call<T>): Promise<T> {
  const doubt = line.doubt();
  if (doubt !== undefined) throw fault(target, `cannot ${call.what}: ${doubt}`);
  using deadline = startDeadline(target.deadlineMs);
  try {
    const work = Promise.race([boxed(call.start()), line.ended]);
    const outcome = await unlessAborted(work, deadline.signal);
    if (outcome !== undefined) return outcome.value;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fault(target, `cannot ${call.what}: ${line.doubt() ?? reason}`);
  }
  const why = line.doubt() ?? `no answer within ${seconds(target.deadlineMs)}`;
  line.distrust('it did not answer before');
  throw fault(target, `cannot ${call.what}: ${why}`);
}

/** Undefined is a good answer, too. */
async function boxed<T>(work: Promise<T>): Promise<{ readonly value: T }> {
  return { value: await work };
}

function noWire(target: ZookeeperTarget, { failure, detail }: NoAnswer): ClusterError {
  if (failure === 'forwarding-refused') {
    return forwardingRefused(target.host, `to ${nameOfEndpoint(target)}`);
  }
  return fault(target, failure === 'refused' ? 'nothing listens there' : detail);
}

function fault(target: ZookeeperTarget, why: string): ClusterError {
  const text = `ZooKeeper on ${target.host} at ${nameOfEndpoint(target)}: ${why}`;
  return new ClusterError('GATE_NOT_REACHED', text, {
    host: target.host,
    remedy: 'Run "ci-cluster status" to see the whole ensemble.',
  });
}
