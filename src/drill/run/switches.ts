import type { Host } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import type { Ports, RemoteHost } from '../../ports.ts';
import type { DrillPlan } from '../drill-plan.ts';
import type { Attack, Strike } from '../fault.ts';
import { disarm } from '../heal/disarm.ts';
import { heal } from '../heal/heal.ts';
import { renew } from '../heal/renew.ts';
import { besides, scanResidue } from '../heal/residue.ts';
import type { DrillLog } from '../record/drill-record.ts';
import { arm, defaultCapS, type Armed, type Order } from '../strike/arm.ts';
import { undoOf } from '../strike/undo.ts';

/** What the switches of one drill need; the same id on all its hosts. */
export interface SwitchBoard {
  readonly id: string;
  readonly plan: DrillPlan;
  readonly hosts: readonly Host[];
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly ports: Ports;
  readonly token: string;
  /** `--max-fault`, in seconds. */
  readonly capS: number | undefined;
  /** Hosts whose switch stands, or may stand: what is healed and disarmed. */
  readonly armed: Set<string>;
}

/** Without a sign of life for so long the host heals itself; renewed four times in it. */
const leaseS = 20;
const renewMs = 5000;
/** For what is done between the end of the fault and its healing. */
const slackS = 30;

function strikesOf(attack: Attack): readonly Strike[] {
  return attack.kind === 'call' ? [] : attack.strikes;
}

export function hostsOf({ attack }: DrillPlan): readonly string[] {
  return [...new Set(strikesOf(attack).map(({ host }) => host))];
}

/** One after the other: the first that cannot be armed ends it, and nothing was broken. */
export async function armAll(board: SwitchBoard, log: DrillLog): Promise<void> {
  for (const host of hostsOf(board.plan)) {
    const armed = await armOne(board, host);
    const lasts = Math.round((armed.limitMs - armed.uptimeMs) / 1000);
    await log.armed(host, `${armed.watcher}; renewed for ${lasts} s at most`);
  }
}

/** One that did not come to stand has left nothing. A lost answer may hide that it stands. */
async function armOne(board: SwitchBoard, host: string): Promise<Armed> {
  board.armed.add(host);
  try {
    return await arm(remoteOf(board, host), orderFor(board, host), board.ports);
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'DRILL_NOT_ARMED') board.armed.delete(host);
    throw error;
  }
}

function orderFor({ plan, id, token, capS }: SwitchBoard, host: string): Order {
  const strikes = strikesOf(plan.attack).filter((strike) => strike.host === host);
  const undo = [...new Set(strikes.flatMap(({ fault }) => undoOf(fault)))];
  const cap = capS ?? Math.max(defaultCapS, longestS(plan));
  return { id, undo, deadlineS: Math.min(leaseS, cap), capS: cap, token };
}

/** How long the fault is meant to last at most; what is over at once waits for what it broke. */
function longestS({ attack, observeMs }: DrillPlan): number {
  if (attack.kind === 'call') return 0;
  const holdMs = attack.holdMs ?? 0;
  if (holdMs === 0) return Math.ceil(observeMs / 1000) + slackS;
  const turns = attack.kind === 'in-turn' ? attack.strikes.length : 1;
  const between = attack.kind === 'in-turn' ? 60 : 0;
  return turns * (Math.ceil(holdMs / 1000) + between) + slackS;
}

export function remoteOf({ remotes }: Pick<SwitchBoard, 'remotes'>, host: string): RemoteHost {
  const remote = remotes.get(host);
  if (remote !== undefined) return remote;
  throw remoteLost(host);
}

function remoteLost(host: string): ClusterError {
  return new ClusterError('HOST_UNREACHABLE', `${host} is not connected`, {
    host,
    remedy: 'ci-cluster failover-drill heal --all once it is back; its switch heals it meanwhile.',
  });
}

/**
 * Renews until told to stop. Tells the reason if a switch will not be put off any more: then the host
 * heals itself. A host that does not answer for a moment is asked again; its switch decides.
 */
export function keepAwake(board: SwitchBoard, fired: (why: string) => void): () => Promise<void> {
  const done = new AbortController();
  const loop = async () => {
    while (!done.signal.aborted) {
      await Promise.all([...board.armed].map((host) => renewOne(board, host, fired)));
      await board.ports.clock.sleep(renewMs, done.signal).catch(() => undefined);
    }
  };
  const ended = loop();
  return async () => {
    done.abort();
    await ended;
  };
}

async function renewOne(
  board: SwitchBoard,
  host: string,
  fired: (why: string) => void,
): Promise<void> {
  try {
    await renew(remoteOf(board, host), { id: board.id, seconds: leaseS });
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.code === 'DRILL_NOT_ARMED') fired(error.message);
  }
}

/** All hosts, whatever becomes of one; the faults of those that are not healed. */
export async function healAll(board: SwitchBoard): Promise<readonly ClusterError[]> {
  return await onAll(board, async (remote) => {
    await heal(remote, board.id);
  });
}

export async function disarmAll(board: SwitchBoard): Promise<readonly ClusterError[]> {
  return await onAll(board, async (remote) => {
    await disarm(remote, board.id);
    board.armed.delete(remote.name);
  });
}

async function onAll(
  board: SwitchBoard,
  work: (remote: RemoteHost) => Promise<void>,
): Promise<readonly ClusterError[]> {
  const faults: ClusterError[] = [];
  const one = async (host: string) => {
    try {
      await overAny(board, host, work);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      faults.push(error);
    }
  };
  await Promise.all([...board.armed].map(one));
  return faults;
}

const againMs = 3000;
const reachMs = 300_000;

/** Over the connection that there is; where it broke, as in a reboot, over new ones. */
async function overAny(
  board: SwitchBoard,
  host: string,
  work: (remote: RemoteHost) => Promise<void>,
): Promise<void> {
  const { clock } = board.ports;
  const deadline = clock.now() + reachMs;
  for (let remote = board.remotes.get(host); ; remote = await newRemote(board, host)) {
    try {
      if (remote !== undefined) {
        await work(remote);
        return;
      }
    } catch (error) {
      if (!isLost(error) || clock.now() >= deadline) throw error;
    }
    if (clock.now() >= deadline) throw remoteLost(host);
    await clock.sleep(againMs);
  }
}

function isLost(error: unknown): boolean {
  const codes = ['HOST_UNREACHABLE', 'RESULT_UNKNOWN'];
  return error instanceof ClusterError && codes.includes(error.code);
}

async function newRemote({ plan, hosts, ports }: SwitchBoard, host: string) {
  const target = hosts.find(({ name }) => name === host)?.ssh;
  if (target === undefined) throw new Error(`${plan.name} is armed on ${host}, which is no host`);
  return await ports.connector.connect(target).catch((error: unknown) => {
    if (isLost(error)) return undefined;
    throw error;
  });
}

/** On every host of the cluster that can be asked; undefined if a victim cannot. */
export async function residueLeft(board: SwitchBoard): Promise<readonly string[] | undefined> {
  const scans = await Promise.all(
    [...board.remotes].map(async ([host, remote]) => {
      const found = await scanResidue(remote, board.ports).catch(() => undefined);
      if (found === undefined) return board.armed.has(host) ? undefined : [];
      return besides(found, board.id).map(({ kind, name }) => `${host}: ${kind} ${name}`);
    }),
  );
  return scans.includes(undefined) ? undefined : scans.flatMap((one) => one ?? []);
}
