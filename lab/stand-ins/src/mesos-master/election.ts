import type { Clock } from '../shared/clock.ts';
import type { MasterInfo } from '../shared/mesos.ts';
import { Group, type Member } from '../shared/zookeeper-group.ts';
import type { ZooKeeperUrl } from '../shared/zookeeper-url.ts';

export interface ElectionOptions {
  readonly url: ZooKeeperUrl;
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
  readonly info: MasterInfo;
  /** Whoever leads now; `undefined`: nobody, as far as can be known. */
  readonly onLeader: (leader: MasterInfo | undefined) => void;
  readonly onCandidacyLost: () => void;
  readonly onError: (error: unknown) => void;
}

const memberPrefix = 'json.info_';

/** Candidate and observer in sessions of their own, like Mesos' contender and detector. The lowest number leads. */
export function runElection(options: ElectionOptions): void {
  const shared = {
    url: options.url,
    sessionTimeoutMs: options.sessionTimeoutMs,
    clock: options.clock,
    path: options.url.path,
    prefix: memberPrefix,
    onError: options.onError,
  };
  // The observer first: a leader without ZooKeeper then ends with the same words as the real one.
  new Group({
    ...shared,
    onMembers: (members) => {
      options.onLeader(leaderOf(members));
    },
  }).start();
  new Group({
    ...shared,
    join: { prefix: memberPrefix, content: () => memberContent(options.info) },
    onLost: options.onCandidacyLost,
  }).start();
}

/** Keys in alphabetical order, as in the znodes of the real program. */
function memberContent({
  address,
  capabilities,
  hostname,
  id,
  ip,
  pid,
  port,
  version,
}: MasterInfo): string {
  return JSON.stringify({ address, capabilities, hostname, id, ip, pid, port, version });
}

export function leaderOf(members: readonly Member[] | undefined): MasterInfo | undefined {
  const first = members?.[0];
  if (first === undefined) return undefined;
  try {
    return JSON.parse(first.content) as MasterInfo;
  } catch {
    return undefined;
  }
}
