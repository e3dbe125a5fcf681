import type { MomentName } from '../bound.ts';
import type { Moment } from '../judgement.ts';
import type { ProbeName } from '../sample.ts';
import { firstWrite } from './first-write.ts';
import { mesosLeads, marathonLeads, zookeeperLeads } from './holding.ts';
import { newBuild } from './new-build.ts';
import { noticed } from './noticed.ts';
import { recoveryIn, type Found, type Span } from './recovery.ts';
import { replay, type Now } from './replay.ts';
import { agentsStand, allStand, frameworksStand, servicesStand } from './standing.ts';
import { streamsBy, type View } from './view.ts';

/** All moments, those that nobody saw included. */
export function timelineOf(view: View): readonly Moment[] {
  const { injectedAt, confirmedAt, healedAt, recording } = view;
  const own = (name: MomentName, at: number | undefined, detail: string): Moment => {
    return { name, at, errorMs: at === undefined ? undefined : 0, detail };
  };
  const evidence = recording.confirmations.map((one) => one.evidence).join('; ');
  const seen = injectedAt === undefined ? [] : seenMoments(view, injectedAt);
  return [
    own('injected', injectedAt, ''),
    own('confirmed', confirmedAt, evidence),
    ...seen,
    own('healed', healedAt, ''),
  ];
}

function seenMoments(view: View, injectedAt: number): readonly Moment[] {
  const effectAt = (view.confirmedAt ?? injectedAt) + 1000;
  const span: Span = { injectedAt, effectAt };
  const back = (
    name: MomentName,
    probes: readonly ProbeName[],
    holds: (view: View, now: readonly Now[]) => boolean,
  ): Moment => {
    const turns = replay(streamsBy(view, ...probes), injectedAt, (now) => holds(view, now));
    return momentOf(name, recoveryIn(turns, span));
  };
  return [
    noticed(view, injectedAt),
    back('zookeeper-leader', ['zookeeper'], zookeeperLeads),
    back('mesos-leader', ['mesos', 'elected'], mesosLeads),
    back('marathon-leader', ['marathon'], marathonLeads),
    momentOf('first-write', firstWrite(view, span)),
    back('agents-back', ['mesos-state'], agentsStand),
    back('frameworks-back', ['mesos-state'], frameworksStand),
    back('services-back', ['jenkins', 'gateway', 'apps'], servicesStand),
    newBuild(view, injectedAt),
    back('all-synced', ['zookeeper', 'zookeeper-synced', 'mesos', 'marathon'], allStand),
  ];
}

function momentOf(name: MomentName, found: Found | undefined): Moment {
  return { name, at: found?.at, errorMs: found?.errorMs, detail: '' };
}
