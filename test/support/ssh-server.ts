import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel, Session } from 'ssh2';
import { createKeyPair } from './ssh-keys.ts';
import type { KeyPair } from './ssh-keys.ts';
import type { Argv } from '../../src/ports.ts';

export interface SshServerOptions {
  /** Public keys that may log in; everybody who has a key, if left out. */
  readonly authorized?: readonly KeyPair[];
  readonly hostKeys?: readonly KeyPair[];
  readonly forwarding?: boolean;
  readonly maxSessions?: number;
  /** What it speaks, if not ssh2's defaults. */
  readonly algorithms?: object;
  /** Runs commands with `-c`, as sshd uses the login shell; /bin/sh, if left out. */
  readonly loginShell?: Argv;
  /** Of the commands; that of the test, if left out. */
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of running the command. */
  readonly onExec?: (channel: ServerChannel, command: string, connection: Connection) => void;
  /** Instead of opening a session. */
  readonly onSession?: (refuse: () => void, connection: Connection) => void;
}

/** Everything that reached the server; what a test counts. */
interface Seen {
  connections: number;
  /** Key exchanges that the client completed. */
  handshakes: number;
  authAttempts: number;
  /** Connections that were not authenticated yet. */
  startsAtOnce: number;
  sessionsAtOnce: number;
  forwardsAtOnce: number;
  /** Channels of both kinds that are open at this moment. */
  openNow: number;
  readonly commands: string[];
}

export interface SshServer extends AsyncDisposable {
  readonly port: number;
  readonly hostKey: KeyPair;
  readonly seen: Seen;
  /** Breaks every connection that is open now. */
  dropAll(): void;
}

/** A host in this process: real SSH on loopback, commands run by this machine's `sh`. */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const hostKeys = options.hostKeys ?? [createKeyPair()];
  const seen: Seen = {
    connections: 0,
    handshakes: 0,
    authAttempts: 0,
    startsAtOnce: 0,
    sessionsAtOnce: 0,
    forwardsAtOnce: 0,
    openNow: 0,
    commands: [],
  };
  let starting = 0;
  const sockets = new Set<Socket>();
  const server = new ssh2.Server({
    hostKeys: hostKeys.map((key) => key.privateText),
    ...(options.algorithms === undefined ? {} : { algorithms: options.algorithms }),
  });
  server.on('connection', (connection: Connection & { _sock?: Socket }) => {
    seen.connections += 1;
    starting += 1;
    seen.startsAtOnce = Math.max(seen.startsAtOnce, starting);
    connection.once('ready', () => {
      starting -= 1;
    });
    // Without it every exchange waits 40 ms for a delayed acknowledgement.
    connection._sock?.setNoDelay(true);
    if (connection._sock !== undefined) sockets.add(connection._sock);
    serve(connection, options, seen);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const dropAll = (): void => {
    sockets.forEach((socket) => socket.resetAndDestroy());
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: hostKeys[0]!,
    seen,
    dropAll,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        dropAll();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function serve(connection: Connection, options: SshServerOptions, seen: Seen): void {
  connection.on('error', () => undefined);
  connection.on('handshake', () => {
    seen.handshakes += 1;
  });
  connection.on('authentication', (context) => {
    seen.authAttempts += 1;
    authenticate(context, options);
  });
  const count = createCounter(seen);
  connection.on('session', (accept, refuse) => {
    if (options.onSession !== undefined) {
      options.onSession(refuse, connection);
      return;
    }
    if (count.now('sessionsAtOnce') >= (options.maxSessions ?? 10)) {
      refuse();
      return;
    }
    const leave = count.enter('sessionsAtOnce');
    serveSession(accept(), { options, seen, connection, leave });
  });
  connection.on('tcpip', (accept, refuse, info) => {
    if (options.forwarding === false) {
      refuseWith(connection, refuse);
      return;
    }
    const socket = connect(info.destPort, info.destIP);
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      const channel = accept();
      channel.once('close', count.enter('forwardsAtOnce'));
      channel.on('error', () => undefined).on('close', () => socket.destroy());
      socket.on('error', () => {
        channel.close();
      });
      // ssh2 tells of the close of a channel only when it was read to its end.
      socket.on('close', () => channel.resume());
      channel.pipe(socket).pipe(channel);
    });
  });
}

/** ssh2 refuses with reason 2, sshd with `AllowTcpForwarding no` with reason 1 (RFC 4254, 5.1). */
function refuseWith(connection: Connection, refuse: () => void): void {
  const protocol = (
    connection as unknown as {
      _protocol: { channelOpenFail: (id: number, reason: number, text: string) => void };
    }
  )._protocol;
  const original = protocol.channelOpenFail.bind(protocol);
  protocol.channelOpenFail = (id) => {
    original(id, 1, 'open failed');
    protocol.channelOpenFail = original;
  };
  refuse();
}

type Counted = 'sessionsAtOnce' | 'forwardsAtOnce';

interface Counter {
  now(kind: Counted): number;
  /** Returns how to leave again. */
  enter(kind: Counted): () => void;
}

function createCounter(seen: Seen): Counter {
  const now = { sessionsAtOnce: 0, forwardsAtOnce: 0 };
  return {
    now: (kind) => now[kind],
    enter: (kind) => {
      now[kind] += 1;
      seen[kind] = Math.max(seen[kind], now[kind]);
      seen.openNow += 1;
      let isIn = true;
      return () => {
        if (isIn) now[kind] -= 1;
        if (isIn) seen.openNow -= 1;
        isIn = false;
      };
    },
  };
}

function authenticate(context: AuthContext, { authorized }: SshServerOptions): void {
  if (context.method !== 'publickey') {
    context.reject(['publickey', 'password']);
    return;
  }
  const { key } = context;
  const isKnown =
    authorized === undefined ||
    authorized.some((pair) => pair.publicText.split(' ')[1] === key.data.toString('base64'));
  if (isKnown) context.accept();
  else context.reject(['publickey', 'password']);
}

interface Place {
  readonly options: SshServerOptions;
  readonly seen: Seen;
  readonly connection: Connection;
  readonly leave: () => void;
}

function serveSession(session: Session, { options, seen, connection, leave }: Place): void {
  session.on('exec', (accept, _refuse, { command }) => {
    seen.commands.push(command);
    const channel = accept();
    channel.on('error', () => undefined).once('close', leave);
    if (options.onExec === undefined) execute(channel, command, { options, leave });
    else options.onExec(channel, command, connection);
  });
}

/** As sshd does: through the login shell, exit code first, then the close of the channel. */
function execute(
  channel: ServerChannel,
  command: string,
  { options, leave }: Pick<Place, 'options' | 'leave'>,
): void {
  const [shell, ...words] = options.loginShell ?? ['/bin/sh'];
  const child = spawn(shell, [...words, '-c', command], { env: options.env ?? process.env });
  child.stdin.on('error', () => undefined);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => child.kill());
  child.on('exit', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal.replace('SIG', ''), false, '');
  });
  child.on('close', () => {
    leave();
    channel.close();
    channel.resume();
  });
}
