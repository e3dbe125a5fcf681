import type { BoundInput } from '../bound.ts';
import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { RunningFlags } from '../scene/running-flags.ts';
import type { Scene } from '../scene/scene.ts';

/** The settings that decide how long a failover takes, in seconds, as the running processes have them. */
export interface Timings {
  readonly tick: BoundInput;
  readonly initLimit: BoundInput;
  readonly syncLimit: BoundInput;
  /** Sessions after the servers have clamped what the clients asked for. */
  readonly mesosSession: BoundInput;
  readonly marathonSession: BoundInput;
  readonly ping: BoundInput;
  readonly pings: BoundInput;
  readonly fetch: BoundInput;
  readonly backoff: BoundInput;
  readonly executors: BoundInput;
  readonly launch: BoundInput;
}

export function timingsOf({ spec, flags }: Pick<Scene, 'spec' | 'flags'>): Timings {
  const clamp = clampedBy(flags);
  return {
    ...ofServers(spec, flags),
    ...ofMasters(spec, flags),
    ...ofAgents(spec, flags),
    mesosSession: clamp(mesosSession(spec, flags)),
    marathonSession: clamp(marathonSession(spec, flags)),
  };
}

const inFile = 'cluster file; no process told';
const ofMesos = 'default of Mesos 1.11';

function ofServers(
  { zookeeper }: ClusterSpec,
  flags: RunningFlags,
): Pick<Timings, 'tick' | 'initLimit' | 'syncLimit'> {
  const servers = told(flags.zookeeper);
  return {
    tick: inSeconds('tick', servers('tickTime', 'tickTimeMs'), [zookeeper.tickTimeMs, inFile]),
    initLimit: counted('initLimit', servers('initLimit', 'initLimit'), [
      zookeeper.initLimit,
      inFile,
    ]),
    syncLimit: counted('syncLimit', servers('syncLimit', 'syncLimit'), [
      zookeeper.syncLimit,
      inFile,
    ]),
  };
}

function ofMasters(
  { mesos }: ClusterSpec,
  flags: RunningFlags,
): Pick<Timings, 'ping' | 'pings' | 'fetch'> {
  const masters = told(flags.masters);
  const [ping, pings] = [mesos.agentPingTimeoutMs, mesos.maxAgentPingTimeouts];
  return {
    ping: inSeconds('p', masters('--agent_ping_timeout', 'pingMs'), [ping, inFile]),
    pings: counted('n', masters('--max_agent_ping_timeouts', 'maxPings'), [pings, inFile]),
    fetch: inSeconds('fetch', masters('--registry_fetch_timeout', 'registryFetchMs'), [
      ...([60_000, ofMesos] as const),
    ]),
  };
}

function ofAgents(
  { mesos }: ClusterSpec,
  flags: RunningFlags,
): Pick<Timings, 'backoff' | 'executors' | 'launch'> {
  const agents = told(flags.agents);
  const launchMs = mesos.executorRegistrationTimeoutMs;
  return {
    backoff: inSeconds('b', agents('--registration_backoff_factor', 'registrationBackoffMs'), [
      ...([1000, ofMesos] as const),
    ]),
    executors: inSeconds(
      'e',
      agents('--executor_reregistration_timeout', 'executorReregistrationMs'),
      [2000, ofMesos],
    ),
    launch: inSeconds(
      'launch',
      agents('--executor_registration_timeout', 'executorRegistrationMs'),
      [launchMs, inFile],
    ),
  };
}

function mesosSession({ mesos }: ClusterSpec, flags: RunningFlags): BoundInput {
  const masters = told(flags.masters);
  return inSeconds('T', masters('--zk_session_timeout', 'sessionMs'), [
    mesos.zookeeperSessionMs,
    inFile,
  ]);
}

function marathonSession({ marathon }: ClusterSpec, { marathon: flags }: RunningFlags): BoundInput {
  const ms = flags?.sessionMs;
  const running =
    flags === undefined || ms === undefined
      ? undefined
      : { value: ms, source: `${flags.host}: --zk_session_timeout` };
  return inSeconds('Tm', running, [marathon.zookeeperSessionMs, inFile]);
}

interface Told {
  readonly value: number;
  readonly source: string;
}

/** The slowest process decides. */
function told<T>(flags: ReadonlyMap<string, T>) {
  return (flag: string, key: keyof T): Told | undefined => {
    const found = [...flags].flatMap(([host, some]) => {
      const value = some[key];
      return typeof value === 'number' ? [{ value, source: `${host}: ${flag}` }] : [];
    });
    return found.toSorted((one, other) => other.value - one.value)[0];
  };
}

type Otherwise = readonly [value: number, source: string];

function inSeconds(name: string, running: Told | undefined, otherwise: Otherwise): BoundInput {
  const { value, ...rest } = counted(name, running, otherwise);
  return { ...rest, value: value / 1000, unit: 's' };
}

/** Where nobody told, what the process would have been started with. */
function counted(name: string, running: Told | undefined, [value, source]: Otherwise): BoundInput {
  return { name, unit: 'count', ...(running ?? { value, source }) };
}

/** ZooKeeper shortens and lengthens sessions without a word (3.8). */
function clampedBy({ zookeeper }: RunningFlags): (session: BoundInput) => BoundInput {
  const limits = [...zookeeper.values()];
  const least = Math.max(0, ...limits.flatMap(({ minSessionMs }) => minSessionMs ?? []));
  const most = Math.min(Infinity, ...limits.flatMap(({ maxSessionMs }) => maxSessionMs ?? []));
  return (session) => {
    const value = Math.min(Math.max(session.value, least / 1000), most / 1000);
    if (value === session.value) return session;
    return { ...session, value, source: `${session.source}, made ${value} s by ZooKeeper` };
  };
}
