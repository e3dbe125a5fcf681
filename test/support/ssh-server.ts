import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel, Session } from 'ssh2';
import { createKeyPair } from './ssh-keys.ts';
import type { KeyPair } from './ssh-keys.ts';

export interface SshServerOptions {
  /** Public keys that may log in; everybody who has a key, if left out. */
  readonly authorized?: readonly KeyPair[];
  readonly hostKeys?: readonly KeyPair[];
  readonly forwarding?: boolean;
  readonly maxSessions?: number;
  /** Instead of running the command. */
  readonly onExec?: (channel: ServerChannel, command: string, connection: Connection) => void;
  /** Instead of opening a session. */
  readonly onSession?: (refuse: () => void, connection: Connection) => void;
}

/** Everything that reached the server; what a test counts. */
export interface Seen {
  connections: number;
  authAttempts: number;
  sessionsAtOnce: number;
  forwardsAtOnce: number;
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
    authAttempts: 0,
    sessionsAtOnce: 0,
    forwardsAtOnce: 0,
    commands: [],
  };
  const sockets = new Set<Socket>();
  const server = new ssh2.Server({ hostKeys: hostKeys.map((key) => key.privateText) });
  server.on('connection', (connection: Connection & { _sock?: Socket }) => {
    seen.connections += 1;
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
    if (count.sessions() >= (options.maxSessions ?? 10)) refuse();
    else serveSession(accept(), { options, seen, connection, count });
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
      count.open('forwardsAtOnce', channel);
      channel.on('error', () => undefined).on('close', () => socket.destroy());
      socket.on('error', () => {
        channel.close();
      });
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

interface Counter {
  sessions(): number;
  open(kind: 'sessionsAtOnce' | 'forwardsAtOnce', channel: ServerChannel | Session): void;
}

function createCounter(seen: Seen): Counter {
  const now = { sessionsAtOnce: 0, forwardsAtOnce: 0 };
  return {
    sessions: () => now.sessionsAtOnce,
    open: (kind, channel) => {
      now[kind] += 1;
      seen[kind] = Math.max(seen[kind], now[kind]);
      channel.once('close', () => {
        now[kind] -= 1;
      });
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
  readonly count: Counter;
}

function serveSession(session: Session, { options, seen, connection, count }: Place): void {
  session.on('exec', (accept, _refuse, { command }) => {
    seen.commands.push(command);
    const channel = accept();
    count.open('sessionsAtOnce', channel);
    channel.on('error', () => undefined);
    if (options.onExec === undefined) execute(channel, command);
    else options.onExec(channel, command, connection);
  });
}

/** As sshd does: through the login shell, exit code first, then the close of the channel. */
function execute(channel: ServerChannel, command: string): void {
  const child = spawn('/bin/sh', ['-c', command]);
  child.stdin.on('error', () => undefined);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => child.stdout.destroy());
  child.on('exit', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal.replace('SIG', ''), false, '');
  });
  child.on('close', () => {
    channel.close();
  });
}
