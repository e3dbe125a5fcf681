import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import type { RemoteHost } from '../ports.ts';
import { judgeQuorum } from './judge-quorum.ts';
import type { Group, Member } from './model.ts';
import { failed, placeOf, probeDeadlineMs, unseen, whyNoAnswer, type Sight } from './sight.ts';

/** Asks every member for its role, and the leader how many followers are in step with it. */
export async function probeZookeeper(sight: Sight): Promise<Group> {
  const hosts = hostsWith(sight.spec, 'zookeeper');
  const members = await Promise.all(hosts.map((host) => probeMember(sight, host)));
  const leaders = members.filter(({ role }) => role === 'leader' || role === 'standalone');
  const leader = leaders.length === 1 ? leaders[0]?.host : undefined;
  const synced = await syncedFollowers(sight, leader);
  return judgeQuorum({
    members,
    leader,
    // A lone member runs standalone and counts no followers.
    voting: members.length === 1 ? 1 : synced === undefined ? undefined : synced + 1,
    behind: (voting, total) => `${total - voting} of ${total} not in step yet`,
  });
}

async function probeMember(sight: Sight, host: Host): Promise<Member> {
  const remote = sight.remotes.get(host.name);
  if (remote === undefined) return unseen(sight, host);
  const answer = await fourLetterWord(sight, host, remote)('srvr');
  if (failed(answer)) return down(host, whyNoAnswer(answer));
  const mode = /^Mode: (\S+)$/m.exec(answer)?.[1];
  if (mode === undefined) return down(host, 'runs but is in no quorum');
  return { host: host.name, state: 'healthy', role: mode, detail: '' };
}

function down(host: Host, detail: string): Member {
  return { host: host.name, state: 'unhealthy', role: undefined, detail };
}

/** `ruok` is answered without a quorum, so it is never asked; `srvr` is the best single probe (3.8). */
function fourLetterWord({ spec }: Sight, host: Host, remote: RemoteHost) {
  const endpoint = { address: host.address, port: spec.zookeeper.clientPort };
  return (word: string) => remote.exchange(endpoint, word, probeDeadlineMs);
}

async function syncedFollowers(
  sight: Sight,
  leader: string | undefined,
): Promise<number | undefined> {
  const place = placeOf(sight, leader);
  if (place === undefined) return undefined;
  const { host, remote } = place;
  const answer = await fourLetterWord(sight, host, remote)('mntr');
  const count = failed(answer) ? undefined : /^zk_synced_followers\t(\d+)/m.exec(answer)?.[1];
  return count === undefined ? undefined : Number(count);
}
