import { ClusterError } from '../../errors.ts';
import type { BastionTarget, SshTarget } from '../../ports.ts';
import { codeOf } from '../files.ts';
import { seconds } from '../supervise.ts';
import type { PrivateKey } from './key-file.ts';
import type { SshTiming } from './timing.ts';

/** How far an attempt had come when it failed. */
export interface Progress {
  phase: 'connecting' | 'authenticating';
  /** What sshd accepts, told with its refusal of our key. */
  offered: readonly string[];
  /** It took the key and wants something more. */
  partly: boolean;
}

export interface Attempt {
  readonly target: SshTarget;
  readonly key: PrivateKey;
  readonly timing: SshTiming;
}

/** sshd closed the connection before it said anything: it sheds load (MaxStartups). */
export class LostEarly extends Error {}

/** Gives the errors of ssh2 1.17 their meaning; nothing else looks at their texts. */
export function classify(error: unknown, attempt: Attempt, progress: Progress): Error {
  const { message, level, code } = partsOf(error);
  if (message === 'Connection lost before handshake') return new LostEarly(message);
  if (code === 'ECONNRESET' && progress.phase === 'connecting') return new LostEarly('reset');
  if (level === 'client-authentication') return authRefused(attempt, progress);
  if (level === 'client-timeout') return unreachable(attempt.target, timeoutIn(attempt, progress));
  if (typeof code === 'number' && progress.phase === 'authenticating') {
    return authRefused(attempt, progress, message);
  }
  return unreachable(attempt.target, describe(error));
}

interface Parts {
  readonly message: string;
  readonly level: unknown;
  /** Text from Node, number from an SSH disconnect message. */
  readonly code: unknown;
}

function partsOf(error: unknown): Parts {
  if (!(error instanceof Error))
    return { message: String(error), level: undefined, code: undefined };
  return {
    message: error.message,
    level: 'level' in error ? error.level : undefined,
    code: 'code' in error ? error.code : undefined,
  };
}

function timeoutIn({ timing }: Attempt, { phase }: Progress): string {
  const what = phase === 'connecting' ? 'no SSH handshake' : 'no end of authentication';
  return `${what} within ${seconds(timing.readyTimeoutMs)}`;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'no route to its network',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name service does not answer',
};

export function describe(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined && reasons[code] !== undefined) return reasons[code];
  const message = error instanceof Error ? error.message : String(error);
  return message.charAt(0).toLowerCase() + message.slice(1);
}

export function unreachable(target: SshTarget, why: string): ClusterError {
  const { host, address, port, bastion } = target;
  const through = bastion === undefined ? '' : ` through ${bastion.address}`;
  return new ClusterError(
    'HOST_UNREACHABLE',
    `cannot reach ${host} at ${address}:${port}${through}: ${why}`,
    { host, remedy: `Check that "${sshCommand(target)}" works from here.` },
  );
}

function authRefused(attempt: Attempt, progress: Progress, said?: string): ClusterError {
  const { target, key } = attempt;
  const { host, user } = target;
  const offered = progress.offered.length === 0 ? 'nothing else' : progress.offered.join(', ');
  const answer = said === undefined ? `it accepts ${offered}` : `it says "${said}"`;
  const text = progress.partly
    ? `${host} accepts the key of ${user} and wants ${offered} besides`
    : `${host} refuses ${user} with the key ${key.path} (${key.print}); ${answer}`;
  return new ClusterError('AUTH_REFUSED', text, {
    host,
    remedy:
      `Add the line of "ssh-keygen -y -f ${key.path}" to ~${user}/.ssh/authorized_keys on ${host}, ` +
      `then check with "${sshCommand(target)}".`,
  });
}

export function forwardingRefused(host: string, what: string): ClusterError {
  return new ClusterError('FORWARDING_REFUSED', `sshd on ${host} forbids to forward ${what}`, {
    host,
    remedy: `Set "AllowTcpForwarding yes" in /etc/ssh/sshd_config on ${host} and run "systemctl reload ssh".`,
  });
}

function sshCommand({ address, port, user, identityFile, bastion }: SshTarget): string {
  const jump = bastion === undefined ? '' : ` -J ${jumpOf(bastion)}`;
  return `ssh${jump} -i ${identityFile} -p ${port} ${user}@${address} true`;
}

function jumpOf({ user, address, port }: BastionTarget): string {
  return `${user}@${address}:${port}`;
}
