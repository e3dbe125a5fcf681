import { z } from 'zod';
import { hostsWith } from '../../cluster/members.ts';
import type { Host, Role } from '../../config/cluster-spec.ts';
import { ask, failed, jsonOf, placeOf, probeDeadlineMs, type Sight } from '../../health/sight.ts';
import type { RemoteHost } from '../../ports.ts';
import { parseMesosTime } from './mesos-time.ts';
import type {
  AgentFlags,
  MarathonFlags,
  MasterFlags,
  RunningFlags,
  ZookeeperFlags,
} from './running-flags.ts';

/** Asks every process for itself: a setting that was changed and not taken over yet has no effect. */
export async function readFlags(
  sight: Sight,
  marathonLeader: string | undefined,
): Promise<RunningFlags> {
  const [zookeeper, masters, agents, marathon] = await Promise.all([
    ofEach(sight, 'zookeeper', zookeeperFlags),
    ofEach(sight, 'mesos-master', masterFlags),
    ofEach(sight, 'mesos-agent', agentFlags),
    marathonFlags(sight, marathonLeader),
  ]);
  return { zookeeper, masters, agents, marathon };
}

interface Place {
  readonly sight: Sight;
  readonly host: Host;
  readonly remote: RemoteHost;
}

async function ofEach<T>(
  sight: Sight,
  role: Role,
  read: (place: Place) => Promise<T | undefined>,
): Promise<ReadonlyMap<string, T>> {
  const found = await Promise.all(
    hostsWith(sight.spec, role).map(async (host) => {
      const remote = sight.remotes.get(host.name);
      const flags = remote && (await read({ sight, host, remote }));
      return flags === undefined ? [] : [[host.name, flags] as const];
    }),
  );
  return new Map(found.flat());
}

async function zookeeperFlags({ sight, host, remote }: Place): Promise<ZookeeperFlags | undefined> {
  const endpoint = { address: host.address, port: sight.spec.zookeeper.clientPort };
  const answer = await remote.exchange(endpoint, 'conf', probeDeadlineMs);
  return failed(answer) || !answer.includes('tickTime=') ? undefined : parseConf(answer);
}

/** `conf` of ZooKeeper 3.8: `key=value` lines, then those of the servers. */
function parseConf(answer: string): ZookeeperFlags {
  const lines = new Map(
    answer.split('\n').map((line) => {
      const [key = '', ...value] = line.split('=');
      return [key.trim(), value.join('=').trim()] as const;
    }),
  );
  const number = (key: string) => numberIn(lines.get(key));
  return {
    tickTimeMs: number('tickTime'),
    initLimit: number('initLimit'),
    syncLimit: number('syncLimit'),
    minSessionMs: number('minSessionTimeout'),
    maxSessionMs: number('maxSessionTimeout'),
    ownLine: lines.get(`server.${lines.get('serverId') ?? ''}`),
  };
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+(?:\.\d+)?$/.test(text) ? undefined : Number(text);
}

const flagsAnswer = z.object({ flags: z.record(z.string(), z.string()) });

/** Standbys answer `/flags` themselves (Mesos 1.12). */
async function flagsAt(
  { host, remote }: Place,
  port: number,
): Promise<Record<string, string> | undefined> {
  const answer = await ask(remote, host, { method: 'GET', path: '/flags', port });
  if (failed(answer) || answer.status !== 200) return undefined;
  return flagsAnswer.safeParse(jsonOf(answer)).data?.flags;
}

async function masterFlags(place: Place): Promise<MasterFlags | undefined> {
  const flags = await flagsAt(place, place.sight.spec.mesos.masterPort);
  return (
    flags && {
      sessionMs: parseMesosTime(flags['zk_session_timeout']),
      pingMs: parseMesosTime(flags['agent_ping_timeout']),
      maxPings: numberIn(flags['max_agent_ping_timeouts']),
      quorum: numberIn(flags['quorum']),
      registryFetchMs: parseMesosTime(flags['registry_fetch_timeout']),
      agentReregisterMs: parseMesosTime(flags['agent_reregister_timeout']),
    }
  );
}

async function agentFlags(place: Place): Promise<AgentFlags | undefined> {
  const flags = await flagsAt(place, place.sight.spec.mesos.agentPort);
  return (
    flags && {
      executorReregistrationMs: parseMesosTime(flags['executor_reregistration_timeout']),
      registrationBackoffMs: parseMesosTime(flags['registration_backoff_factor']),
      executorRegistrationMs: parseMesosTime(flags['executor_registration_timeout']),
      dockerMesosImage: flags['docker_mesos_image'],
    }
  );
}

const infoAnswer = z.object({
  marathon_config: z
    .object({ failover_timeout: z.number().optional(), checkpoint: z.boolean().optional() })
    .optional(),
  zookeeper_config: z.object({ zk_session_timeout: z.number().optional() }).optional(),
});

async function marathonFlags(
  sight: Sight,
  leader: string | undefined,
): Promise<MarathonFlags | undefined> {
  const place = placeOf(sight, leader);
  if (place === undefined) return undefined;
  const { host, remote } = place;
  const port = sight.spec.marathon.port;
  const answer = await ask(remote, host, { method: 'GET', path: '/v2/info', port });
  if (failed(answer) || answer.status !== 200) return undefined;
  const { data } = infoAnswer.safeParse(jsonOf(answer));
  return {
    host: host.name,
    sessionMs: data?.zookeeper_config?.zk_session_timeout,
    failoverSeconds: data?.marathon_config?.failover_timeout,
    checkpoint: data?.marathon_config?.checkpoint,
  };
}
