import { quorum } from '../../cluster/members.ts';
import type { LeaderKind } from '../drill-plan.ts';
import { lastOf, type Now } from './replay.ts';
import type { View } from './view.ts';

/** Hosts that may be the leader after the fault. */
function mayLead({ baseline, recording }: View, kind: LeaderKind): (host: string) => boolean {
  const old = baseline?.leaders[kind];
  const must = recording.plan.expects.mustChange.includes(kind);
  return (host) => !must || host !== old;
}

/** In each vantage one leads and a majority, itself included, follows. */
export function zookeeperLeads(view: View, now: readonly Now[]): boolean {
  const needed = quorum(view.baseline?.members.zookeeper.length ?? Infinity);
  const isAllowed = mayLead(view, 'zookeeper');
  return inEachVantage(lastOf(now, 'zookeeper'), (seen) => {
    const followers = seen.filter(({ mode }) => mode === 'follower').length;
    const leads = seen.some(
      ({ mode, host }) => (mode === 'leader' || mode === 'standalone') && isAllowed(host),
    );
    return leads && followers + 1 >= needed;
  });
}

/** Only 200 leads: standbys go on redirecting to the dead leader for 10 s (Mesos 1.12). */
export function mesosLeads(view: View, now: readonly Now[]): boolean {
  const isAllowed = mayLead(view, 'mesos');
  const masters = lastOf(now, 'mesos').map(({ seen }) => seen);
  const named = lastOf(now, 'elected').filter(({ seen }) => seen.error === undefined);
  const leading = masters.filter(({ status }) => status === 200).map(({ host }) => host);
  return [...new Set(leading)].filter(isAllowed).some((host) => {
    const isSeenByAll = masters.every((one) => one.host !== host || one.status === 200);
    const naming = named.filter(({ seen }) => seen.mesos === host);
    return isSeenByAll && isMajority(naming.length, named.length);
  });
}

/** It says so itself, is registered with Mesos, and most of those that answer name it. */
export function marathonLeads(view: View, now: readonly Now[]): boolean {
  const isAllowed = mayLead(view, 'marathon');
  return inEachVantage(lastOf(now, 'marathon'), (seen) => {
    const answers = seen.filter(({ leader }) => leader !== undefined);
    const isNamed = (host: string) =>
      isMajority(answers.filter(({ leader }) => leader === host).length, answers.length);
    return answers.some(
      ({ host, leader, elected, frameworkId }) =>
        leader === host &&
        elected !== false &&
        frameworkId !== undefined &&
        isAllowed(host) &&
        isNamed(host),
    );
  });
}

function isMajority(count: number, all: number): boolean {
  return all === 0 || count * 2 > all;
}

/** Vantages that see nothing at all have no say. */
function inEachVantage<S>(
  all: readonly { readonly from: string; readonly seen: S }[],
  holds: (seen: readonly S[]) => boolean,
): boolean {
  const vantages = [...new Set(all.map(({ from }) => from))];
  const seenFrom = (vantage: string) => all.filter(({ from }) => from === vantage);
  return (
    vantages.length > 0 &&
    vantages.every((vantage) => holds(seenFrom(vantage).map(({ seen }) => seen)))
  );
}
