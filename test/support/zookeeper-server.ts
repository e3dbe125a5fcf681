import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Endpoint } from '../../src/ports.ts';

export interface ZookeeperServer extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly znodes: Map<string, string>;
  /** From now on requests are read and not answered, like a process that is stopped. */
  freeze(): void;
  /** From now on answers are cut short. */
  garble(): void;
  /** Breaks every session. */
  dropAll(): void;
  openSockets(): number;
}

/** A ZooKeeper of one member as far as a client that reads, lists and creates needs it. */
export async function startZookeeperServer(): Promise<ZookeeperServer> {
  const znodes = new Map([['/zookeeper', '']]);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  let isGarbled = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    let answer = (frame: Buffer): Buffer => {
      answer = (request) => answerTo(request, znodes);
      return connectResponse(frame);
    };
    readFrames(socket, (frame) => {
      if (isFrozen) return;
      const reply = answer(frame);
      socket.write(framed(isGarbled ? reply.subarray(0, 7) : reply));
      if (frame.readInt32BE(4) === closeSession) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dropAll = (): void => {
    sockets.forEach((socket) => socket.destroy());
  };
  return {
    endpoint: { address: '127.0.0.1', port: (server.address() as AddressInfo).port },
    znodes,
    freeze: () => {
      isFrozen = true;
    },
    garble: () => {
      isGarbled = true;
    },
    dropAll,
    openSockets: () => sockets.size,
    [Symbol.asyncDispose]: () => {
      dropAll();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

// Request types and error codes of the protocol (zookeeper.jute and KeeperException, 3.8).
const create = 1;
const remove = 2;
const getData = 4;
const getChildren2 = 12;
const closeSession = -11;
const noNode = -101;
const nodeExists = -110;
/** Newer than node-zookeeper-client 1.1. */
const quotaExceeded = -125;

function readFrames(socket: Socket, onFrame: (frame: Buffer) => void): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
      const end = 4 + pending.readInt32BE(0);
      onFrame(pending.subarray(4, end));
      pending = pending.subarray(end);
    }
  });
}

/** Version, negotiated timeout, session id, password, read-only. */
function connectResponse(request: Buffer): Buffer {
  const timeoutMs = request.readInt32BE(12);
  return Buffer.concat([
    int(0),
    int(timeoutMs),
    Buffer.alloc(7),
    Buffer.from([7]),
    buffer(Buffer.alloc(16)),
    Buffer.alloc(1),
  ]);
}

function answerTo(request: Buffer, znodes: Map<string, string>): Buffer {
  const type = request.readInt32BE(4);
  const { error, body } = handle(type, request.subarray(8), znodes);
  return Buffer.concat([request.subarray(0, 4), Buffer.alloc(8), int(error), body]);
}

interface Reply {
  readonly error: number;
  readonly body: Buffer;
}

function handle(type: number, payload: Buffer, znodes: Map<string, string>): Reply {
  const path = payload.length > 4 ? readBuffer(payload, 0).toString() : '';
  if (type === create) {
    if (znodes.has(path)) return failed(nodeExists);
    znodes.set(path, readBuffer(payload, 4 + Buffer.byteLength(path)).toString());
    return done(buffer(Buffer.from(path)));
  }
  if (type === remove) return znodes.delete(path) ? done() : failed(noNode);
  if (path === '/forbidden') return failed(quotaExceeded);
  if (type === getData) {
    const content = znodes.get(path);
    return content === undefined ? failed(noNode) : done(buffer(Buffer.from(content)), stat);
  }
  if (type === getChildren2) {
    if (path !== '/' && !znodes.has(path)) return failed(noNode);
    const names = childrenOf(path, znodes).map((name) => buffer(Buffer.from(name)));
    return done(int(names.length), ...names, stat);
  }
  return done();
}

function childrenOf(path: string, znodes: Map<string, string>): readonly string[] {
  const prefix = path === '/' ? '/' : `${path}/`;
  return [...znodes.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter((name) => !name.includes('/'));
}

const stat = Buffer.alloc(68);

function done(...parts: readonly Buffer[]): Reply {
  return { error: 0, body: Buffer.concat(parts) };
}

function failed(error: number): Reply {
  return { error, body: Buffer.alloc(0) };
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function buffer(bytes: Buffer): Buffer {
  return Buffer.concat([int(bytes.length), bytes]);
}

const framed = buffer;

function readBuffer(bytes: Buffer, offset: number): Buffer {
  const length = Math.max(0, bytes.readInt32BE(offset));
  return bytes.subarray(offset + 4, offset + 4 + length);
}
