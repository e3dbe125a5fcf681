import type { ClusterSpec, RolloutSettings } from '../config/cluster-spec.ts';
import { portionOf } from '../config/portion.ts';
import type { Service } from '../services/service.ts';
import { gateStage, hostsStage } from './service-gates.ts';
import type { ServiceWork } from './service-work.ts';
import type { Gate, Stage, WayBack } from './step.ts';

/** A change of one service on hosts where it runs. */
export interface Rollout {
  readonly spec: ClusterSpec;
  readonly service: Service;
  readonly changes: readonly ServiceWork[];
  /** Who leads at the moment: `zookeeper@m2`. */
  readonly leaders: ReadonlySet<string>;
  readonly settings: RolloutSettings;
  /** State moves forward with the first changed member that leads. */
  readonly oneWay?: boolean;
  /** Asked before anything, and after the first changed members. */
  readonly before?: readonly Gate[];
  readonly afterFirst?: readonly Gate[];
  /** Done once the first changed members have proved themselves. */
  readonly proved?: readonly Stage[];
  /** What has to be done around a change of members, for Mesos agents. */
  readonly around?: (stages: readonly Stage[], hosts: readonly string[]) => readonly Stage[];
}

/** Members that are down first (nothing is lost by starting them), then in rounds, the leader last. */
export function rolloutStages(rollout: Rollout): readonly Stage[] {
  const { service, changes, proved = [] } = rollout;
  const down = changes.filter(({ runs }) => !runs);
  const rounds = roundsOf(rollout);
  const later = rounds.flatMap(({ members }) => members);
  const first =
    down.length === 0 ? [] : [...hostsStage(service.phase, down), gateStage(service, later)];
  return [
    ...first,
    ...gatesBefore(rollout, later.length > 0 && down.length === 0),
    ...rounds.flatMap((_round, index) => roundStages(rollout, rounds, index)),
    ...(rounds.length === 0 ? proved : []),
  ];
}

/** Before the first of a healthy group goes down, the others must be able to carry on. */
function gatesBefore({ service, before = [] }: Rollout, isWhole: boolean): readonly Stage[] {
  const own = service.votes && isWhole ? [gateStage(service)] : [];
  const others = before.map((gate): Stage => ({ kind: 'gate', phase: service.phase, gate }));
  return [...own, ...others];
}

/** Members that are changed at once. */
export interface Round {
  readonly members: readonly ServiceWork[];
  /** Of these, and of those in other such rounds together, so many may fail. */
  readonly maxFailures: number;
}

export function roundsOf({ spec, service, changes, leaders, settings }: Rollout): Round[] {
  const running = changes.filter(({ runs }) => runs);
  const leads = ({ host }: ServiceWork) => leaders.has(`${service.name}@${host}`);
  const single = running.filter(({ host }) => goesAlone(spec, service, host));
  const many = running.filter((work) => !single.includes(work));
  const size = portionOf(settings.batch, service.hosts(spec).length);
  const maxFailures = portionOf(settings.maxFailures, service.hosts(spec).length);
  const canary = settings.canary === 0 ? [] : chunks(many.slice(0, settings.canary), size);
  const followers = single.filter((work) => !leads(work));
  return [
    ...canary.map((members) => ({ members, maxFailures: 0 })),
    ...chunks(many.slice(settings.canary), size).map((members) => ({ members, maxFailures })),
    ...[...followers, ...single.filter(leads)].map((work) => ({ members: [work], maxFailures: 0 })),
  ];
}

/**
 * Members that decide together, or that one of must always serve: whatever the batch says. Of the
 * gateways only those that serve their own host alone are many of a kind.
 */
function goesAlone(spec: ClusterSpec, service: Service, host: string): boolean {
  if (service.name === 'mesos-agent') return false;
  const isDoor = spec.hosts.some(({ name, roles }) => name === host && roles.includes('gateway'));
  return service.name !== 'gateway' || isDoor;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function roundStages(rollout: Rollout, rounds: readonly Round[], index: number): readonly Stage[] {
  const { service, settings, around, afterFirst = [], proved = [] } = rollout;
  const { members, maxFailures } = rounds[index] ?? { members: [], maxFailures: 0 };
  const later = rounds.slice(index + 1).flatMap((round) => round.members);
  const bound = maxFailures === 0 ? {} : { maxFailures };
  const wayBack = wayBackOf(rollout, rounds, index);
  const back = wayBack === undefined ? {} : { wayBack };
  const hold = settings.pauseMs === 0 ? {} : { holdMs: settings.pauseMs };
  const change = [
    ...hostsStage(service.phase, members).map((stage) => ({ ...stage, ...bound })),
    { ...gateStage(service, later), ...back, ...bound, ...hold },
  ];
  const hosts = members.map(({ host }) => host);
  const stages = around === undefined ? change : around(change, hosts);
  if (index > 0) return stages;
  const gates = afterFirst.map((gate) => ({
    ...({ kind: 'gate', phase: service.phase, gate } as const),
    ...back,
  }));
  return [...stages, ...gates, ...proved];
}

function wayBackOf(
  { service, oneWay }: Rollout,
  rounds: readonly Round[],
  index: number,
): WayBack | undefined {
  const members = rounds[index]?.members ?? [];
  const work = members.flatMap(({ host, wayBack }) =>
    wayBack === undefined ? [] : [{ host, steps: [wayBack] }],
  );
  if (work.length === 0) return undefined;
  const changed = rounds.slice(0, index + 1).flatMap((round) => round.members);
  const moved = oneWay === true ? { oneWay: changed.map(({ host }) => host) } : {};
  return { service: service.name, work, ...moved };
}
