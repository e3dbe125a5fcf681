import { hostsWith } from '../../cluster/members.ts';
import type { ClusterSpec, Host, Role } from '../../config/cluster-spec.ts';
import type { ServiceName } from '../../services/service.ts';
import type { Blow } from '../bounds/bounds-of.ts';
import { mesosExpiry, zookeeperLeader, type Way } from '../bounds/terms.ts';
import { timingsOf } from '../bounds/timings.ts';
import type { LeaderKind, Victim } from '../drill-plan.ts';
import type { Attack, CutRule, HostFault, Strike } from '../fault.ts';
import type { Scene } from '../scene/scene.ts';
import type { Draft, Drafted } from './drill.ts';

/** A fault that nobody notices: drafts say what differs. */
const calm: Blow = {
  ...{ hits: [], may: [], way: 'told', marathon: 'dies', controllers: [], moves: false },
  ...{ agent: 'nothing', until: 'injected', members: 'injected', lonelyMs: 0, turns: 1 },
};

interface Parts extends Partial<Omit<Draft, 'kind' | 'blow'>> {
  readonly victims: Draft['victims'];
  readonly attack: Draft['attack'];
  readonly blow?: Partial<Blow>;
}

export function draft({ blow, ...parts }: Parts): Draft {
  return {
    ...{ kind: 'draft', expects: {}, margin: 'kept', notes: [], costsBuilds: false },
    ...parts,
    blow: { ...calm, ...blow },
  };
}

export function skip(reason: string): Drafted {
  return { kind: 'skip', reason };
}

export function unaimed(reason: string): Drafted {
  return { kind: 'unaimed', reason };
}

const titles: Readonly<Record<LeaderKind, string>> = {
  zookeeper: 'ZooKeeper',
  mesos: 'Mesos',
  marathon: 'Marathon',
};

export function titleOf(kind: LeaderKind): string {
  return titles[kind];
}

const kinds = ['zookeeper', 'mesos', 'marathon'] as const;

export function leadsOf({ leaders }: Scene, host: string): readonly LeaderKind[] {
  return kinds.filter((kind) => leaders[kind] === host);
}

/** With the drill for the host that leads; nobody to hit without one. */
export function atLeader(scene: Scene, kind: LeaderKind, then: (host: string) => Drafted): Drafted {
  const host = scene.leaders[kind];
  return host === undefined ? unaimed(`nobody leads ${titles[kind]} for certain`) : then(host);
}

/** A container of the service on the host, or the whole host. */
export function victim(scene: Scene, host: string, service?: ServiceName): Victim {
  return {
    host,
    container: service && containerOf(scene, host, service),
    roles: hostNamed(scene.spec, host).roles,
    leads: leadsOf(scene, host),
  };
}

/** Every service has one name on all hosts; where the facts have none, it does not run. */
export function containerOf({ hosts }: Scene, host: string, service: ServiceName): string {
  return hosts.get(host)?.containers.get(service) ?? `ci-${service}`;
}

export function hostNamed({ hosts }: Pick<ClusterSpec, 'hosts'>, name: string): Host {
  const found = hosts.find((host) => host.name === name);
  if (found === undefined) throw new Error(`no host ${name}`);
  return found;
}

export function addressesOf(spec: ClusterSpec, role: Role, except: string): readonly string[] {
  return hostsWith(spec, role)
    .filter(({ name }) => name !== except)
    .map(({ address }) => address);
}

/** Those that lead nothing come first: a follower or standby is to be hit, not a leader beside it. */
export function quietest(scene: Scene, hosts: readonly string[]): string | undefined {
  const load = (host: string) => leadsOf(scene, host).length;
  return hosts.toSorted((one, other) => load(one) - load(other))[0];
}

/** At once; taken back after `holdMs`, or never where the fault is one of a moment. */
export function atOnce(
  strikes: readonly Strike[],
  holdMs = 0,
): Extract<Attack, { readonly kind: 'hosts' }> {
  return { kind: 'hosts', strikes, holdMs };
}

export function strike(host: string, fault: HostFault): Strike {
  return { host, fault };
}

/**
 * What a loss of ZooKeeper members may bring along: Marathon's leader goes when its connection is
 * suspended (1.10), Mesos' only if no other member serves within its session (1.11).
 */
export function collateral(
  scene: Scene,
  hits: readonly LeaderKind[],
  way: Way,
): readonly LeaderKind[] {
  const timings = timingsOf(scene);
  const isSlow = zookeeperLeader(timings, way).softMs >= timings.mesosSession.value * 1000;
  const may: readonly LeaderKind[] =
    hits.includes('zookeeper') && isSlow ? ['mesos', 'marathon'] : ['marathon'];
  return may.filter((kind) => !hits.includes(kind));
}

/** Long enough for the others to give the session up and to begin without it. */
export function outlivesSession(scene: Scene): number {
  const timings = timingsOf(scene);
  const marathonMs = (timings.marathonSession.value + timings.tick.value) * 1000;
  return Math.max(30_000, Math.max(mesosExpiry(timings).softMs, marathonMs) + 10_000);
}

export function cutBoth(port: number, parts: Partial<CutRule>): CutRule {
  return { way: 'both', peers: undefined, port, side: 'either', own: false, ...parts };
}

/** All but the operator's way in: as if the host had lost its power, until it is taken back. */
export const silence: HostFault = {
  kind: 'cut',
  rules: [{ way: 'both', peers: undefined, port: undefined, side: 'either', own: false }],
};
