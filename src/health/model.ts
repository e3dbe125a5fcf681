import type { Residue } from '../plan/residue.ts';

/** Unknown is not healthy: it means that nobody could look. */
export type State = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

/** One server of a service, on one host. */
export interface Member {
  readonly host: string;
  readonly state: State;
  /** leader, follower, standby, … as its field names it; undefined if it did not say. */
  readonly role: string | undefined;
  /** Why it is not healthy, or what is worth knowing. */
  readonly detail: string;
}

/** Servers that agree on a leader. */
export interface Group {
  readonly state: State;
  /** Name of the host that leads, if exactly one does. */
  readonly leader: string | undefined;
  readonly members: readonly Member[];
  /** How many more members may be lost before the group stops working. */
  readonly canLose: number;
  /** Members that vote with the leader, itself included, where a majority decides and it told. */
  readonly voting?: number | undefined;
  /** In one sentence, why the state is not healthy. */
  readonly reason: string;
}

export interface AgentMember extends Member {
  readonly resources:
    { readonly cpus: number; readonly memoryMb: number; readonly diskMb: number } | undefined;
}

export interface AgentPool {
  readonly state: State;
  readonly members: readonly AgentMember[];
  readonly reason: string;
}

export interface Gateways {
  readonly state: State;
  readonly members: readonly Member[];
  /** How many more of those that let people in may be lost before nobody gets in. */
  readonly canLose: number;
  /** Undefined where no address moves between the gateways. */
  readonly movingAddress: MovingAddress | undefined;
  readonly reason: string;
}

export interface MovingAddress {
  readonly address: string;
  /** Host that answers there, if exactly one does. */
  readonly holder: string | undefined;
  readonly state: State;
  readonly detail: string;
}

export interface JenkinsHealth {
  readonly name: string;
  readonly state: State;
  /** Host of the running task, as Marathon tells it. */
  readonly host: string | undefined;
  readonly version: string | undefined;
  readonly url: string;
  readonly detail: string;
  /** Undefined for a controller without build agents. */
  readonly builds: BuildsHealth | undefined;
}

/** Whether builds find build agents. */
export interface BuildsHealth {
  readonly state: State;
  /** Build agents that are connected; undefined if Jenkins did not tell. */
  readonly online: number | undefined;
  readonly busy: number | undefined;
  readonly reason: string;
}

/** What a controller left behind in Mesos under another id: it holds its tasks for a week. */
export interface OrphanFramework {
  readonly id: string;
  readonly name: string;
  /** Whose name it bears. */
  readonly controller: string;
  /** When it registered last, ISO 8601; undefined if no leader saw that. */
  readonly registered: string | undefined;
}

/** Builds at once in the last hours: together, and for each controller by itself. */
export interface PoolUse {
  readonly windowHours: number;
  readonly builds: number;
  readonly peak: number;
  readonly peaks: readonly { readonly controller: string; readonly peak: number }[];
}

export interface HostHealth {
  readonly host: string;
  readonly state: State;
  readonly detail: string;
  /** Why builds on it may reach control ports of the cluster; empty if they do not. */
  readonly openness: string;
  readonly containers: readonly ContainerHealth[];
}

export interface ContainerHealth {
  readonly name: string;
  readonly service: string;
  readonly state: State;
  readonly detail: string;
}

/** A task whose container and sandbox take more disk than it declared: Docker does not prevent it. */
export interface DiskHog {
  readonly task: string;
  readonly host: string;
  /** Undefined if it could not be counted in time, as with very many files: it may be within. */
  readonly usedMb: number | undefined;
  readonly declaredMb: number;
}

/** What a failover drill has left on a host, or does there at this moment. */
export interface HostResidue extends Residue {
  readonly host: string;
}

/** The whole stack at one moment. */
export interface Health {
  readonly verdict: State;
  readonly hosts: readonly HostHealth[];
  readonly zookeeper: Group;
  readonly mesosMasters: Group;
  readonly mesosAgents: AgentPool;
  readonly marathon: Group;
  readonly gateways: Gateways;
  readonly jenkins: readonly JenkinsHealth[];
  /** A warning: they do not make the stack unhealthy. */
  readonly orphanFrameworks: readonly OrphanFramework[];
  /** A warning, too. */
  readonly diskHogs: readonly DiskHog[];
  /** Likewise. */
  readonly residue: readonly HostResidue[];
  /** Undefined where no two controllers share the pool, or Jenkins does not tell. */
  readonly pool: PoolUse | undefined;
}

const order: readonly State[] = ['unhealthy', 'unknown', 'degraded', 'healthy'];

/** The worst of several states; healthy if there are none. */
export function worst(states: readonly State[]): State {
  return order.find((state) => states.includes(state)) ?? 'healthy';
}

/** Everything that could be asked is in order, and each group that needs a leader has one. */
export function isInOrderAsFarAsSeen({ hosts, jenkins, ...health }: Health): boolean {
  const { zookeeper, mesosMasters, mesosAgents, marathon, gateways } = health;
  const groups = [zookeeper, mesosMasters, mesosAgents, marathon, gateways];
  const members = groups.flatMap((group): readonly Member[] => group.members);
  const builds = jenkins.flatMap((one) => one.builds ?? []);
  const moving = gateways.movingAddress === undefined ? [] : [gateways.movingAddress];
  const asked = [...members, ...moving, ...hosts, ...jenkins, ...builds].filter(
    ({ state }) => state !== 'unknown',
  );
  const leads = [zookeeper, mesosMasters, marathon].every(({ leader }) => leader !== undefined);
  return leads && asked.every(({ state }) => state === 'healthy');
}
