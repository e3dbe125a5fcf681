import type { Duplex } from 'node:stream';
import type { BastionTarget, SshTarget } from '../../ports.ts';
import { createClock } from '../clock.ts';
import { startDeadline } from '../deadline.ts';
import { interrupted } from '../interrupted.ts';
import { LostEarly, forwardingRefused, unreachable } from './faults.ts';
import { handshake } from './handshake.ts';
import type { HandshakeOptions } from './handshake.ts';
import { hostKeyPolicy } from './host-key.ts';
import type { PrivateKey } from './key-file.ts';
import { parseKnownHosts } from './known-hosts.ts';
import type { KnownHosts } from './known-hosts.ts';
import type { Lease, Pool, Shared } from './pool.ts';
import { Session } from './session.ts';
import type { Slots } from './slots.ts';
import type { SshTiming } from './timing.ts';

/** What all connections of one run have in common. */
export interface Commons {
  readonly timing: SshTiming;
  readonly random: () => number;
  readonly starts: Slots;
  readonly privateKey: (path: string) => Promise<PrivateKey>;
  readonly knownHosts: (path: string) => Promise<KnownHosts>;
  readonly pool: Pool<Opened>;
}

export interface Opened extends Shared {
  readonly session: Session;
}

/** The connection to the target, shared with everybody who uses it now. */
export function leaseSession(
  commons: Commons,
  target: SshTarget,
  signal: AbortSignal | undefined,
): Promise<Lease<Opened>> {
  return commons.pool.lease(keyOf(target), () => open(commons, target, signal));
}

function keyOf({ host, user, address, port, identityFile, bastion }: SshTarget): string {
  return [host, user, address, port, identityFile, bastion?.address, bastion?.port].join(' ');
}

async function open(
  commons: Commons,
  target: SshTarget,
  signal: AbortSignal | undefined,
): Promise<Opened> {
  const key = await commons.privateKey(target.identityFile);
  const policy = hostKeyPolicy(target, await knownHostsFor(commons, target));
  // The bastion comes before the turn: a host that waits for it must not take a place to start.
  const bastion = await leaseBastion(commons, target.bastion, signal);
  try {
    const attempt = { target, key, policy, signal, timing: commons.timing };
    const session = await inTurn(commons, attempt, bastion?.item.session);
    return opened(session, bastion);
  } catch (error) {
    await bastion?.end();
    throw error;
  }
}

function opened(session: Session, bastion: Lease<Opened> | undefined): Opened {
  return {
    session,
    isLost: () => session.lostReason !== undefined,
    close: async () => {
      await session.close();
      await bastion?.end();
    },
  };
}

async function knownHostsFor(commons: Commons, target: BastionTarget): Promise<KnownHosts> {
  if (target.hostKey !== undefined) return parseKnownHosts('');
  return await commons.knownHosts(target.knownHostsFile);
}

async function leaseBastion(
  commons: Commons,
  bastion: BastionTarget | undefined,
  signal: AbortSignal | undefined,
): Promise<Lease<Opened> | undefined> {
  if (bastion === undefined) return undefined;
  return await leaseSession(commons, { ...bastion, bastion: undefined }, signal);
}

type Plan = Omit<HandshakeOptions, 'through'>;

/** Waits for a place among those who start, then tries until sshd has room. */
async function inTurn(
  commons: Commons,
  plan: Plan,
  bastion: Session | undefined,
): Promise<Session> {
  const { target, signal, timing } = plan;
  const clock = createClock();
  using slot = await commons.starts.take(signal);
  if (slot === undefined) throw interrupted(`before connecting to ${target.host}`, target.host);
  if (commons.starts.taken() > crowd) {
    await clock.sleep(commons.random() * timing.startJitterMs, signal);
  }
  for (let tried = 1; ; tried += 1) {
    const session = await attempt(plan, bastion);
    if (session !== undefined) return session;
    if (tried > timing.retries) throw unreachable(target, shedding(tried));
    await clock.sleep((0.5 + commons.random()) * timing.retryPauseMs * 2 ** (tried - 1), signal);
  }
}

/** So few starts at a time need no spreading. */
const crowd = 8;

function shedding(tried: number): string {
  return `sshd closed the connection before the handshake, ${tried} times (MaxStartups in sshd_config?)`;
}

/** Undefined if sshd shed the load. */
async function attempt(plan: Plan, bastion: Session | undefined): Promise<Session | undefined> {
  const through = bastion === undefined ? undefined : await channelTo(plan, bastion);
  try {
    const connection = await handshake({ ...plan, through });
    return new Session(connection, plan.target, plan.timing);
  } catch (error) {
    if (error instanceof LostEarly) return undefined;
    throw error;
  }
}

async function channelTo({ target, timing, signal }: Plan, bastion: Session): Promise<Duplex> {
  using deadline = startDeadline(timing.readyTimeoutMs, signal);
  const channel = await bastion.forward(target, deadline.signal);
  if (!('failure' in channel)) return channel;
  if (signal?.aborted === true)
    throw interrupted(`while connecting to ${target.host}`, target.host);
  if (channel.failure === 'forwarding-refused') {
    throw forwardingRefused(bastion.target.host, `to ${target.host}`);
  }
  throw unreachable(target, channel.detail);
}
