import { hostsWith } from '../../cluster/members.ts';
import type { Host } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import type { Sight } from '../../health/sight.ts';
import type { Ports, ZookeeperSession } from '../../ports.ts';
import type { Aftermath } from '../recording.ts';
import type { Sample } from '../sample.ts';
import { canaryFolder } from './canary.ts';

const callMs = 15_000;

/** Values of the writes that the ensemble has promised to keep. */
export function acknowledgedIn(samples: readonly Sample[]): readonly string[] {
  return samples.flatMap(({ seen }) =>
    seen.probe === 'write' && seen.acknowledged ? [seen.value] : [],
  );
}

export interface ReadBack {
  readonly sight: Sight;
  readonly ports: Pick<Ports, 'randomId'>;
  /** Of the run of the drill, as given to `observe`. */
  readonly id: string;
  readonly acknowledged: readonly string[];
}

/**
 * Reads from every member that answers. There is no `sync` in node-zookeeper-client 1.1: a write of
 * our own through the same session comes first, and when it is acknowledged the member has seen
 * everything that was committed before it.
 */
export async function readBackWrites(
  request: ReadBack,
): Promise<Pick<Aftermath, 'lostWrites' | 'unreadWrites'>> {
  const hosts = hostsWith(request.sight.spec, 'zookeeper');
  const answers = await Promise.all(hosts.map((host) => writesOn(request, host)));
  const lists = answers.filter((answer) => typeof answer !== 'string');
  if (lists.length === 0) {
    const why = answers.filter((answer) => typeof answer === 'string').join('; ');
    return { lostWrites: [], unreadWrites: `no member could be read: ${why}` };
  }
  const { acknowledged } = request;
  return { lostWrites: acknowledged.filter((value) => lists.some((list) => !list.has(value))) };
}

/** All writes that a member has, or why it did not tell. */
async function writesOn(
  { sight, ports, id }: ReadBack,
  host: Host,
): Promise<ReadonlySet<string> | string> {
  const folder = canaryFolder(id);
  try {
    return await withSession(sight, host, async (session) => {
      // With its parents: where even the folder is gone, nothing is left of the writes.
      await session.create(`${folder}/read-back-${ports.randomId()}`, host.name);
      return new Set(await session.children(folder));
    });
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return error.message;
  }
}

async function withSession<T>(
  { spec, remotes }: Sight,
  host: Host,
  work: (session: ZookeeperSession) => Promise<T>,
): Promise<T> {
  const remote = remotes.get(host.name);
  if (remote === undefined) {
    const remedy = 'Run "ci-cluster status" to see which hosts can be reached.';
    throw new ClusterError('HOST_UNREACHABLE', `${host.name} is not connected`, { remedy });
  }
  const endpoint = { address: host.address, port: spec.zookeeper.clientPort };
  await using session = await remote.zookeeper(endpoint, callMs);
  return await work(session);
}

/** Removed at a time: thousands at once would wait for each other beyond their deadline. */
const batch = 200;

/** Takes all writes of the drill away. Returns how many are left, or undefined if nobody could tell. */
export async function clearWrites(sight: Sight, id: string): Promise<number | undefined> {
  for (const host of hostsWith(sight.spec, 'zookeeper')) {
    try {
      return await withSession(sight, host, (session) => clearThrough(session, canaryFolder(id)));
    } catch (error) {
      if (!(error instanceof ClusterError) || error.code === 'INTERRUPTED') throw error;
    }
  }
  return undefined;
}

async function clearThrough(session: ZookeeperSession, folder: string): Promise<number> {
  const names = await session.children(folder);
  for (let done = 0; done < names.length; done += batch) {
    const some = names.slice(done, done + batch);
    await Promise.all(some.map((name) => session.remove(`${folder}/${name}`)));
  }
  await session.remove(folder);
  return (await session.children(folder)).length;
}
