import { failureTolerance } from '../cluster/members.ts';
import type { Group, Member } from './model.ts';

interface Seen {
  readonly members: readonly Member[];
  readonly leader: string | undefined;
  /** Members that the leader counts as voting with it, itself included; undefined if it did not say. */
  readonly voting: number | undefined;
  /** Why fewer vote than serve. */
  readonly behind: (voting: number, members: number) => string;
}

/** A group that decides by majority. What its leader did not tell is unknown, not healthy. */
export function judgeQuorum({ members, leader, voting, behind }: Seen): Group {
  const total = members.length;
  const serving = members.filter(({ role }) => role !== undefined).length;
  const sure = Math.min(serving, voting ?? 0);
  const canLose = leader === undefined ? 0 : failureTolerance(total, sure);
  const base = { leader, members, canLose, voting };
  if (leader === undefined) return { ...base, ...leaderless(members) };
  if (serving < total) {
    return { ...base, state: 'degraded', reason: `${total - serving} of ${total} do not serve` };
  }
  if (voting === undefined) {
    return { ...base, state: 'unknown', reason: 'the leader did not tell how many follow it' };
  }
  if (sure < total) return { ...base, state: 'degraded', reason: behind(sure, total) };
  return { ...base, state: 'healthy', reason: '' };
}

/** Without a leader in sight the group may still work behind hosts that nobody could ask. */
function leaderless(members: readonly Member[]): Pick<Group, 'state' | 'reason'> {
  const leaders = members.filter(({ role }) => role === 'leader' || role === 'standalone');
  if (leaders.length > 1) {
    const hosts = leaders.map(({ host }) => host).join(' and ');
    return { state: 'unhealthy', reason: `${hosts} lead, each for itself` };
  }
  const unseen = members.filter(({ state }) => state === 'unknown').length;
  return unseen > 0
    ? { state: 'unknown', reason: `no leader seen; ${unseen} members could not be asked` }
    : { state: 'unhealthy', reason: 'no leader' };
}
