import type { Seen } from '../sample.ts';
import { faultIn, type Place, type Watch } from './place.ts';
import { leaderEveryMs, leaderMost, lookMs, stateEveryMs, type Probe } from './probe.ts';

type Sight = Extract<Seen, { probe: 'zookeeper' }>;

/** `srvr` of one member: allowed by default, and answered without a session (3.8). */
export function zookeeperProbe(watch: Watch, { host, zookeeper: link }: Place): Probe {
  const nothing = {
    probe: 'zookeeper',
    host: host.name,
    mode: undefined,
    epoch: undefined,
  } as const;
  const endpoint = { address: host.address, port: watch.spec.zookeeper.clientPort };
  return {
    ...{ everyMs: leaderEveryMs, most: leaderMost },
    blind: (error) => ({ ...nothing, error }),
    look: async () => {
      const answer = await link.ask((remote) => remote.exchange(endpoint, 'srvr', lookMs));
      const error = faultIn(answer);
      if (typeof answer !== 'string') return { ...nothing, error: error ?? 'closed' };
      const seen = { ...nothing, ...readSrvr(answer) };
      if (seen.mode === 'leader' || seen.mode === 'standalone') {
        watch.leaders.seen('zookeeper', host.name);
      }
      return seen;
    },
  };
}

export function readSrvr(answer: string): Pick<Sight, 'mode' | 'epoch' | 'error'> {
  const mode = modes.find((one) => one === /^Mode: (\S+)$/m.exec(answer)?.[1]);
  const zxid = /^Zxid: (0x[0-9a-f]+)$/m.exec(answer)?.[1];
  if (mode !== undefined) return { mode, epoch: epochOf(zxid), error: undefined };
  const isLooking = answer.includes('not currently serving');
  return {
    mode: isLooking ? 'looking' : undefined,
    epoch: undefined,
    error: isLooking ? undefined : 'closed',
  };
}

const modes = ['leader', 'follower', 'standalone'] as const;

/** The high 32 bits. 0x0 says nothing: a follower shows it until the first write after an election. */
export function epochOf(zxid: string | undefined): number | undefined {
  if (zxid === undefined || !/^0x[0-9a-f]+$/.test(zxid)) return undefined;
  const epoch = Number(BigInt(zxid) >> 32n);
  return epoch === 0 ? undefined : epoch;
}

/** How many follow the leader in step (`mntr`). */
export function syncedProbe(watch: Watch): Probe {
  const nothing = (host: string, error: string): Seen => {
    return { probe: 'zookeeper-synced', host, synced: undefined, error };
  };
  return {
    ...{ everyMs: stateEveryMs, most: 2 },
    blind: (error) => nothing('', error),
    look: async () => {
      const name = watch.leaders.current('zookeeper');
      const place = watch.places.find(({ host }) => host.name === name);
      if (place === undefined) return nothing('', 'no-leader');
      const { host, zookeeper: link } = place;
      const endpoint = { address: host.address, port: watch.spec.zookeeper.clientPort };
      const answer = await link.ask((remote) => remote.exchange(endpoint, 'mntr', lookMs));
      const synced =
        typeof answer === 'string' ? /^zk_synced_followers\t(\d+)/m.exec(answer)?.[1] : undefined;
      if (synced === undefined) return nothing(host.name, faultIn(answer) ?? 'not-told');
      return { probe: 'zookeeper-synced', host: host.name, synced: Number(synced) };
    },
  };
}
