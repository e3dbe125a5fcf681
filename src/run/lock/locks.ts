import pLimit from 'p-limit';
import { ClusterError } from '../../errors.ts';
import type { Ports, RemoteHost } from '../../ports.ts';
import type { Claim } from './claim.ts';
import { takeHostLock, type HostLock } from './host-lock.ts';

/** The locks of all hosts that a run changes. */
export interface Locks {
  readonly claim: Claim;
  /** What each script shows before it changes something. */
  readonly token: string;
  readonly hosts: readonly string[];
  /** By host: the run that changed it last. */
  readonly lastRuns: ReadonlyMap<string, string>;
  /** Aborts with the fault as reason when one of them is lost. */
  readonly lost: AbortSignal;
  /** Asks every host. Throws LOCK_LOST. */
  readonly check: () => Promise<void>;
  /** Asks every host; those that say yes. */
  readonly held: () => Promise<readonly string[]>;
  /** Marks every host as changed by this run; returns what could not be recorded, by host. */
  readonly begin: () => Promise<readonly string[]>;
  /** Gives all back; harmless if some are lost. */
  readonly release: (done: boolean) => Promise<void>;
}

export interface LockOrder {
  readonly hosts: readonly string[];
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly ports: Ports;
  readonly claim: Claim;
}

/** Processes that are started at the same time. */
const startsAtOnce = 32;

/**
 * Takes all or none. Two that want the same hosts meet at the first of them, in the order of names:
 * one gets it and with it the rest. Throws LOCK_HELD.
 */
export async function takeLocks(order: LockOrder): Promise<Locks> {
  const token = order.ports.randomId();
  const [first, ...others] = order.hosts.toSorted();
  const taken: HostLock[] = [];
  const take = async (host: string) => {
    const remote = order.remotes.get(host);
    if (remote === undefined) throw new Error(`${host} is to be locked, but is not connected`);
    taken.push(await takeHostLock({ ...order, remote, token }));
  };
  try {
    if (first !== undefined) await take(first);
    await together(others, take);
  } catch (error) {
    await releaseAll(taken, false);
    throw error;
  }
  return locksOf(order.claim, token, taken);
}

/** Waits for all, then throws the fault of the first in order. */
async function together(
  hosts: readonly string[],
  take: (host: string) => Promise<void>,
): Promise<void> {
  const limit = pLimit(startsAtOnce);
  const outcomes = await Promise.allSettled(hosts.map((host) => limit(take, host)));
  const faults = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  );
  const held = faults.find((fault) => fault instanceof ClusterError && fault.code === 'LOCK_HELD');
  if (faults.length > 0) throw held ?? faults[0];
}

function locksOf(claim: Claim, token: string, taken: readonly HostLock[]): Locks {
  const losing = new AbortController();
  for (const { lost } of taken)
    void lost.then((fault) => {
      losing.abort(fault);
    });
  return {
    claim,
    token,
    hosts: taken.map(({ host }) => host).toSorted(),
    lastRuns: new Map(taken.map(({ host, lastRun }) => [host, lastRun])),
    lost: losing.signal,
    check: async () => {
      await Promise.all(taken.map(({ check }) => check()));
    },
    held: async () => {
      const answers = await Promise.allSettled(taken.map(({ check }) => check()));
      return taken
        .filter((_, index) => answers[index]?.status === 'fulfilled')
        .map(({ host }) => host);
    },
    begin: async () => {
      const troubles = await Promise.all(
        taken.map(async ({ host, begin }) => ({ host, trouble: await begin() })),
      );
      return troubles.flatMap(({ host, trouble }) =>
        trouble === '' ? [] : [`${host}: ${trouble}`],
      );
    },
    release: (done) => releaseAll(taken, done),
  };
}

async function releaseAll(taken: readonly HostLock[], done: boolean): Promise<void> {
  await Promise.all(taken.map(({ release }) => release(done)));
}
