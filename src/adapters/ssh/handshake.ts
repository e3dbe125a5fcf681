import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, Client, ConnectConfig } from 'ssh2';
import { onAbort } from '../deadline.ts';
import { interrupted } from '../interrupted.ts';
import { algorithms } from './algorithms.ts';
import { classify, unreachable } from './faults.ts';
import type { Attempt, Progress } from './faults.ts';
import type { HostKeyPolicy } from './host-key.ts';

export interface HandshakeOptions extends Attempt {
  readonly policy: HostKeyPolicy;
  /** The channel through the bastion; without it a TCP connection is opened. */
  readonly through: Duplex | undefined;
  readonly signal: AbortSignal | undefined;
}

/** An authenticated connection, and what carries it: only that can be dropped in any state. */
export interface Connection {
  readonly client: Client;
  readonly carrier: Duplex;
}

/** One attempt. Throws a ClusterError, or LostEarly where another attempt may succeed. */
export async function handshake(options: HandshakeOptions): Promise<Connection> {
  const { default: ssh2 } = await import('ssh2');
  const { host, address, port } = options.target;
  const connection: Connection = {
    client: new ssh2.Client(),
    carrier: options.through ?? connect({ host: address, port, noDelay: true }),
  };
  let listener: Disposable | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      connection.client.once('ready', resolve);
      start(connection, options, reject);
      listener = onAbort(options.signal, () => {
        reject(interrupted(`while connecting to ${host}`, host));
      });
    });
    return connection;
  } catch (error) {
    connection.carrier.destroy();
    throw error;
  } finally {
    listener?.[Symbol.dispose]();
  }
}

/** The first call of `reject` counts: a verdict on the host key comes before ssh2's own error. */
function start(
  { client, carrier }: Connection,
  options: HandshakeOptions,
  reject: (error: Error) => void,
): void {
  const progress: Progress = { phase: 'connecting', offered: [], partly: false };
  client.on('error', (error) => {
    reject(classify(error, options, progress));
  });
  client.on('handshake', () => {
    progress.phase = 'authenticating';
  });
  client.on('close', () => {
    const when = progress.phase === 'connecting' ? 'the handshake' : 'authentication';
    reject(unreachable(options.target, `connection closed during ${when}`));
  });
  client.connect({
    ...boundsOf(options),
    sock: carrier,
    username: options.target.user,
    algorithms: algorithms(options.policy.algorithms),
    authHandler: offerKeyOnce(options, progress),
    hostVerifier: (key: Buffer) => {
      const fault = options.policy.judge(key);
      if (fault !== undefined) reject(fault);
      return fault === undefined;
    },
  });
}

function boundsOf({ timing }: Attempt): ConnectConfig {
  return {
    readyTimeout: timing.readyTimeoutMs,
    keepaliveInterval: timing.keepaliveIntervalMs,
    keepaliveCountMax: timing.keepaliveCount,
  };
}

/**
 * The configured key and nothing else. ssh2 would ask for the method `none` first, which costs a
 * round trip and counts as one of sshd's MaxAuthTries.
 */
function offerKeyOnce(
  { target, key }: Attempt,
  progress: Progress,
): NonNullable<ConnectConfig['authHandler']> {
  const method: AnyAuthMethod = { type: 'publickey', username: target.user, key: key.key };
  let isOffered = false;
  return (left: readonly string[] | null, partly: boolean | null, next) => {
    progress.offered = left ?? [];
    progress.partly = partly ?? false;
    const answer = isOffered ? false : method;
    isOffered = true;
    // @types/ssh2 1.15 lacks `false`, which ssh2 takes as "no more methods".
    next(answer as AnyAuthMethod);
  };
}
