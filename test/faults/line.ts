import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/** What whoever connects from now on meets. */
export type Welcome =
  'as usual' | 'refuse' | 'silence' | 'banner, then silence' | 'drop in key exchange';

/** The network between the operator and one host. */
export interface Line extends AsyncDisposable {
  /** An address of its own, for the port is the same on every host. */
  readonly address: string;
  /** Connections so far. */
  readonly taken: () => number;
  welcome: Welcome;
  /** Ends what is open in order. */
  cut(): void;
  /** Ends what is open with a reset. */
  reset(): void;
  /** Lets nothing through any more, in either direction, and nobody is told. */
  freeze(): void;
  /**
   * Keeps what the operator sends on connections that are open now; the call that is returned lets it
   * go: what was sent at once comes first, all else some seconds later.
   */
  hold(): () => void;
  /** One byte at a time from now on. */
  slow(everyMs: number): void;
  /** As in the beginning, for new connections. */
  mend(): void;
}

/** Of what is held: sent within this time it comes first, and the rest so much later. */
const atOnceMs = 1000;
const lagMs = 4000;

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** What the operator sends waits for this. */
  gate: Promise<void>;
}

export async function createLine(port: number): Promise<Line> {
  const pairs = new Set<Pair>();
  const loose = new Set<Socket>();
  const state = { taken: 0, slowMs: 0, frozen: false };
  const server = createServer({ noDelay: true }, (near) => {
    state.taken += 1;
    near.on('error', () => undefined);
    loose.add(near);
    near.on('close', () => loose.delete(near));
    if (line.welcome !== 'as usual') {
      receive(near, line.welcome);
      return;
    }
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    far.on('error', () => undefined);
    const pair = { near, far, gate: Promise.resolve() };
    pairs.add(pair);
    const sent = join(pair, state);
    near.on('close', () => {
      if (state.slowMs > 0) far.destroy();
      else
        void sent().then(() => {
          far.destroySoon();
        });
      pairs.delete(pair);
    });
  });
  const address = await listenSomewhere(server);
  const line: Line = {
    address,
    taken: () => state.taken,
    welcome: 'as usual',
    cut: () => {
      for (const { near, far } of pairs) {
        near.end();
        far.destroy();
      }
    },
    reset: () => {
      for (const { near, far } of pairs) {
        near.resetAndDestroy();
        far.destroy();
      }
    },
    freeze: () => {
      state.frozen = true;
    },
    hold: () => {
      let letGo = (): void => undefined;
      const first = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const second = first.then(() => new Promise<void>((resolve) => setTimeout(resolve, lagMs)));
      const held = [...pairs];
      for (const pair of held) pair.gate = first;
      setTimeout(() => {
        for (const pair of held) pair.gate = second;
      }, atOnceMs);
      return letGo;
    },
    slow: (everyMs) => {
      state.slowMs = everyMs;
    },
    mend: () => {
      // Those that hang are ended, or the host would never learn that nobody is there any more.
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      for (const socket of loose) socket.destroy();
      Object.assign(state, { slowMs: 0, frozen: false });
      line.welcome = 'as usual';
    },
    [Symbol.asyncDispose]: async () => {
      line.mend();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  return line;
}

/** Rules on the hosts name the port of sshd: it must not differ from run to run. */
export const sshPort = 2222;

/** All of 127.0.0.0/8 is this machine; an address that another process took is left to it. */
async function listenSomewhere(server: Server): Promise<string> {
  for (;;) {
    const part = () => 1 + Math.floor(Math.random() * 250);
    const address = `127.${part()}.${part()}.${part()}`;
    const isTaken = await new Promise<boolean>((resolve) => {
      server.once('error', () => {
        resolve(true);
      });
      server.listen(sshPort, address, () => {
        resolve(false);
      });
    });
    server.removeAllListeners('error');
    if (!isTaken) return address;
  }
}

interface Manner {
  readonly slowMs: number;
  readonly frozen: boolean;
}

/** Returns how to wait until all that the operator sent has been passed on. */
function join(pair: Pair, manner: Manner): () => Promise<void> {
  const { near, far } = pair;
  pass(far, near, { manner, pair: undefined });
  return pass(near, far, { manner, pair });
}

/** What is sent waits its turn: in order also when the line becomes slow in between. */
function pass(
  from: Socket,
  to: Socket,
  { manner, pair }: { readonly manner: Manner; readonly pair: Pair | undefined },
): () => Promise<void> {
  let before = Promise.resolve();
  from.on('data', (chunk: Buffer) => {
    if (manner.frozen) return;
    if (manner.slowMs === 0) {
      const gate = pair?.gate;
      before = before.then(() => gate).then(() => void to.write(chunk));
      return;
    }
    for (const byte of chunk) before = before.then(() => dripped(to, byte, manner));
  });
  from.on('end', () => {
    const gate = pair?.gate;
    if (!manner.frozen) void before.then(() => gate).then(() => to.end());
  });
  return () => before;
}

async function dripped(to: Socket, byte: number, manner: Manner): Promise<void> {
  if (to.destroyed) return;
  to.write(Buffer.from([byte]));
  if (manner.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, manner.slowMs));
}

function receive(socket: Socket, welcome: Exclude<Welcome, 'as usual'>): void {
  socket.on('data', () => undefined);
  if (welcome === 'refuse') socket.resetAndDestroy();
  if (welcome === 'banner, then silence') socket.write('SSH-2.0-OpenSSH_9.2p1\r\n');
  if (welcome === 'drop in key exchange') {
    socket.write('SSH-2.0-OpenSSH_9.2p1\r\n');
    socket.once('data', () => socket.end());
  }
}
