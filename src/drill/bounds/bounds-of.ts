import type { Bound, MomentName } from '../bound.ts';
import type { LeaderKind } from '../drill-plan.ts';
import type { ControllerPlace } from '../scene/scene.ts';
import { boundOf, called, latest, sum, type Term } from './term.ts';
import * as terms from './terms.ts';
import type { Timings } from './timings.ts';

/** What a fault does, as far as it decides how long the recovery takes. */
export interface Blow {
  /** Leaders that lose their office by it. */
  readonly hits: readonly LeaderKind[];
  /** Leaders that may lose it in the course. */
  readonly may: readonly LeaderKind[];
  readonly way: terms.Way;
  readonly marathon: terms.MarathonLoss;
  /** Controllers that have to be started again, and whether their host has to be given up first. */
  readonly controllers: readonly ControllerPlace[];
  readonly moves: boolean;
  /** What happens to a Mesos agent. */
  readonly agent: 'nothing' | 'restarts' | 'cut';
  /** Nothing comes back before the fault is taken back: a lost quorum. */
  readonly until: Bound['from'];
  /** Members are back by themselves, or when the fault was taken back. */
  readonly members: Bound['from'];
  /** For how long a member looks for the others in vain. */
  readonly lonelyMs: number;
  /** Members that restart one after the other. */
  readonly turns: number;
}

/** Every moment of the timeline that the fault concerns, with its bound; `canaryMs` if one was measured. */
export function boundsOf(
  timings: Timings,
  blow: Blow,
  canaryMs: number | undefined,
): readonly Bound[] {
  const { zookeeper, mesos, marathon, agents, frameworks, services } = partsOf(timings, blow);
  const canary = { measuredMs: canaryMs, reconnects: mesos !== undefined };
  const build = sum(
    latest(called('V', services), named('A', agents), named('F', frameworks)),
    terms.canaryBuild(timings, canary),
  );
  return [
    ...bound('zookeeper-leader', blow.until, zookeeper),
    ...bound('mesos-leader', blow.until, mesos),
    ...bound('marathon-leader', blow.until, marathon),
    ...bound('first-write', blow.until, terms.firstWrite(zookeeper)),
    ...agentsBound(timings, blow, agents),
    ...bound('frameworks-back', blow.until, frameworks),
    ...bound('services-back', blow.until, services),
    ...bound('new-build', blow.until, build),
    ...bound('all-synced', blow.members, inTurn(timings, blow)),
  ];
}

function named(name: string, term: Term | undefined): Term | undefined {
  return term && called(name, term);
}

function bound(moment: MomentName, from: Bound['from'], term: Term | undefined): Bound[] {
  return term === undefined ? [] : [boundOf(moment, from, term)];
}

interface Parts {
  readonly zookeeper: Term | undefined;
  readonly mesos: Term | undefined;
  readonly marathon: Term | undefined;
  readonly agents: Term | undefined;
  readonly frameworks: Term | undefined;
  readonly services: Term;
}

/**
 * After a change of ZooKeeper's leader all timers of sessions begin anew: whoever died with it is given
 * up only then.
 */
function partsOf(timings: Timings, blow: Blow): Parts {
  const concerned = new Set([...blow.hits, ...blow.may]);
  const zookeeper = concerned.has('zookeeper')
    ? terms.zookeeperLeader(timings, blow.way)
    : undefined;
  const mesos = concerned.has('mesos') ? terms.mesosLeader(timings, zookeeper) : undefined;
  const marathon = concerned.has('marathon')
    ? terms.marathonLeader(timings, blow.marathon, zookeeper)
    : undefined;
  const [master, marathons] = [named('M', mesos), named('L', marathon)];
  const leaders = latest(master, marathons);
  const controllers = controllersBack(timings, blow, marathons);
  return {
    ...{ zookeeper, mesos, marathon },
    agents: master && terms.agentsBack(master),
    frameworks: leaders && terms.frameworksBack(leaders),
    services: terms.throughGateway(latest(master, controllers ?? marathons)),
  };
}

/** Marathon has to lead before it can start anything. */
function controllersBack(
  timings: Timings,
  { controllers, moves }: Blow,
  marathon: Term | undefined,
): Term | undefined {
  if (moves) return sum(marathon, terms.movedAway(timings, controllers));
  return controllers.length === 0 ? undefined : sum(marathon, terms.controllerBack(controllers));
}

function agentsBound(timings: Timings, blow: Blow, after: Term | undefined): Bound[] {
  switch (blow.agent) {
    case 'nothing':
      return bound('agents-back', blow.until, after);
    case 'restarts': {
      const restarted = terms.agentRestarted(timings);
      return bound('agents-back', blow.until, after ? sum(after, restarted) : restarted);
    }
    case 'cut':
      return bound('agents-back', 'healed', terms.agentHealed(timings));
  }
}

function inTurn(timings: Timings, { turns, lonelyMs }: Blow): Term {
  const once = terms.allSynced(timings, lonelyMs);
  if (turns <= 1) return once;
  const [softMs, hardMs] = [once.softMs * turns, once.hardMs * turns];
  return { ...once, text: `${turns}·${once.text}`, softMs, hardMs };
}
