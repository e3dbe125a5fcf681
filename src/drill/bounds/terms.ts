import type { BoundInput } from '../bound.ts';
import type { ControllerPlace } from '../scene/scene.ts';
import { fixed, letter, sum, type Term } from './term.ts';
import type { Timings } from './timings.ts';

/**
 * The times of which every bound is made, by the letters under which they are printed. Soft is what is
 * expected with a reserve, hard what the programs themselves wait at most.
 */

function seconds(name: string, value: number, source: string): BoundInput {
  return { name, value, unit: 's', source };
}

/** How the others learn of it: `told` if sockets close, `silent` if only a time-out tells. */
export type Way = 'told' | 'silent';

/** Seconds in milliseconds. */
const s = 1000;

/**
 * A follower gives a silent leader up after syncLimit ticks (Learner.java, 3.8); connecting to peers that do
 * not refuse takes up to cnxTimeout (5 s) each; the rest is the election, and then initLimit ticks at
 * most to synchronise.
 */
export function zookeeperLeader({ tick, initLimit, syncLimit }: Timings, way: Way): Term {
  const noticeMs = way === 'silent' ? syncLimit.value * tick.value * s : 0;
  const connectMs = way === 'silent' ? 5 * s : 0;
  const meaning =
    way === 'silent'
      ? 'syncLimit·tick + 10 s, at most + initLimit·tick'
      : '5 s, at most 10 s + initLimit·tick';
  return letter('Z', meaning, {
    inputs: way === 'silent' ? [tick, syncLimit, initLimit] : [tick, initLimit],
    softMs: noticeMs + connectMs + 5 * s,
    hardMs: noticeMs + 10 * s + initLimit.value * tick.value * s,
  });
}

/** A leader without a majority notices at its next check, every half tick (Leader.java, 3.8). */
export function stepDownMs({ tick, syncLimit }: Timings): number {
  return (syncLimit.value + 0.5) * tick.value * s;
}

/** A dead client's session ends T after its last ping, rounded up to a tick (ExpiryQueue.java, 3.8). */
function expiry(name: string, session: Timings['mesosSession'], tick: Timings['tick']): Term {
  const ms = (session.value + tick.value) * s;
  return letter(name, `${session.name} + tick`, {
    inputs: [session, tick],
    ...{ softMs: ms, hardMs: ms },
  });
}

export function mesosExpiry({ mesosSession, tick }: Timings): Term {
  return expiry('X', mesosSession, tick);
}

/** Group retry 2 s, then the registry is read (Mesos 1.11); seen on 1.12: 9.6 to 11.1 s with T = 10 s. */
export function mesosLeader(timings: Timings, before: Term | undefined): Term {
  const { fetch } = timings;
  const registry = letter('R', 'reading the registry, 10 s, at most fetch', {
    ...{ inputs: [fetch], softMs: Math.min(10, fetch.value) * s, hardMs: fetch.value * s },
  });
  return sum(before, mesosExpiry(timings), fixed(2), registry);
}

/** The longest pause between two attempts to register is a minute, for agents and schedulers (1.11). */
const longestRetryMs = 60 * s;

export function agentsBack(leader: Term): Term {
  return sum(leader, {
    ...fixed(5),
    ...{ text: 'a', where: ['a = 5 s to register, at most 60 s'], hardMs: longestRetryMs },
  });
}

export function frameworksBack(leaders: Term): Term {
  return sum(leaders, {
    ...fixed(10),
    ...{ text: 'f', where: ['f = 10 s to subscribe, at most 60 s'], hardMs: longestRetryMs },
  });
}

/** `--on_elected_prepare_timeout` is 180 s, and `/v2/info` does not tell it (Marathon 1.10). */
function prepare(): Term {
  return letter('P', '30 s to load the state, at most 180 s', {
    ...{ inputs: [prepareTimeout], softMs: 30 * s, hardMs: prepareTimeout.value * s },
  });
}

const prepareTimeout = seconds('prepare', 180, 'default of Marathon 1.10');

export type MarathonLoss = 'dies' | 'abdicates' | 'deaf';

/** Deaf: cut from Mesos alone, it goes after 5 heartbeats of 15 s that did not come (Marathon 1.10). */
export function marathonLeader(
  timings: Timings,
  loss: MarathonLoss,
  before: Term | undefined,
): Term {
  switch (loss) {
    case 'abdicates':
      return prepare();
    case 'deaf':
      return sum({ ...fixed(75), text: 'h', where: ['h = 5 heartbeats of 15 s'] }, prepare());
    case 'dies':
      return sum(before, expiry('Xm', timings.marathonSession, timings.tick), prepare());
  }
}

/** A lost connection is opened again within a second, and a write is answered within one more. */
export function firstWrite(before: Term | undefined): Term {
  return sum(before, { ...fixed(2), text: 'w', where: ['w = 2 s, at most 10 s'], hardMs: 10 * s });
}

/** `inter 1s`, `fall 2` and the tarpit of 2 s in templates/gateway/haproxy.cfg. */
export function throughGateway(before: Term | undefined): Term {
  const checks = { ...fixed(5), text: 'g', where: ['g = 5 s for the checks of the gateways'] };
  return sum(before, { ...checks, hardMs: 10 * s });
}

/** Replacement of a task whose agent is unreachable: 3 s (Marathon docs), then its launch. */
export function movedAway(timings: Timings, controllers: readonly ControllerPlace[]): Term {
  const launch = { ...fixed(15), text: 'l', where: ['l = 15 s to launch, at most 60 s'] };
  const isMoved = controllers.length > 0;
  return sum(unreachable(timings), isMoved ? controllerBack(controllers) : undefined, {
    ...{ ...launch, hardMs: 60 * s },
  });
}

/** The master gives an agent up at the n-th ping that is not answered (seen on 1.12: 85 to 89 s). */
function unreachable({ ping, pings }: Timings): Term {
  const ms = (pings.value + 1) * ping.value * s;
  return letter('U', '(n + 1)·p', { inputs: [ping, pings], softMs: ms, hardMs: ms });
}

/** Marathon waits its back-off, Jenkins boots, and its health check has to see it. */
export function controllerBack(controllers: readonly ControllerPlace[]): Term {
  const slowest = controllers.toSorted((one, other) => takesMs(other) - takesMs(one))[0];
  const ms = slowest === undefined ? 0 : takesMs(slowest);
  const input = (name: string, ofMs: number) =>
    seconds(name, ofMs / s, `Marathon app ${slowest?.app ?? ''}`);
  return letter('J', 'backoff + grace + interval, at most twice', {
    inputs:
      slowest === undefined
        ? []
        : [
            input('backoff', slowest.backoffMs),
            input('grace', slowest.graceMs),
            input('interval', slowest.intervalMs),
          ],
    ...{ softMs: ms, hardMs: 2 * ms },
  });
}

function takesMs({ backoffMs, graceMs, intervalMs }: ControllerPlace): number {
  return backoffMs + graceMs + intervalMs;
}

/** The agent waits for its executors before it registers; later than n·p it would be unreachable. */
export function agentRestarted({ executors, backoff, ping, pings }: Timings): Term {
  return letter('Ag', '7 s for Docker + e + b, at most n·p', {
    inputs: [executors, backoff, ping, pings],
    softMs: (7 + executors.value + backoff.value) * s,
    hardMs: pings.value * ping.value * s,
  });
}

/** After a cut it registers again at the latest when its longest pause between attempts is over. */
export function agentHealed({ ping, pings }: Timings): Term {
  return letter('r', '60 s, the longest pause between attempts, at most + n·p', {
    ...{ inputs: [ping, pings], softMs: 60 * s, hardMs: (60 + ping.value * pings.value) * s },
  });
}

/**
 * Docker starts the process again after a pause that grows to a minute (moby 20.10); a ZooKeeper member then
 * has initLimit ticks. One that looked for the others in vain asks them more and more seldom, up to
 * every 60 s (FastLeaderElection.java, 3.8).
 */
export function allSynced({ tick, initLimit }: Timings, lonelyMs: number): Term {
  const syncMs = initLimit.value * tick.value * s;
  const waitMs = Math.min(lonelyMs, 60 * s);
  const wait = waitMs === 0 ? '' : ` + ${waitMs / s} s until it asks the others again`;
  return letter('S', `10 s to start + initLimit·tick${wait}, at most 50 s more`, {
    inputs: [initLimit, tick],
    softMs: 10 * s + syncMs + waitMs,
    hardMs: 60 * s + syncMs + waitMs,
  });
}

export interface Canary {
  /** How long a build took before the fault; undefined if none was measured. */
  readonly measuredMs: number | undefined;
  /** The plugin has to find the new Mesos leader first: up to 30 s between its attempts (2.0). */
  readonly reconnects: boolean;
}

/** What a build takes once everything else is back. */
export function canaryBuild({ launch }: Timings, { measuredMs, reconnects }: Canary): Term {
  const softMs = measuredMs === undefined ? 60 * s : 2 * measuredMs;
  const meaning = measuredMs === undefined ? '60 s (not measured)' : 'twice the build before';
  const measured = seconds('build', softMs / 2 / s, 'measured before the fault');
  const build = letter('C', `${meaning}, at most + launch`, {
    inputs: measuredMs === undefined ? [launch] : [measured, launch],
    ...{ softMs, hardMs: softMs + launch.value * s },
  });
  const retry = { ...fixed(30), text: 'B', where: ['B = 30 s until the plugin tries again'] };
  return sum(reconnects ? retry : undefined, build);
}
