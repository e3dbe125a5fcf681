import { z } from 'zod';
import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import type { HttpAnswer, NoAnswer } from '../ports.ts';
import type { Group, Member } from './model.ts';
import { ask, failed, jsonOf, placeOf, unseen, whyNoAnswer, type Sight } from './sight.ts';

const leaderAnswer = z.object({ leader: z.string() });
const infoAnswer = z.object({ frameworkId: z.string().nullable().optional() });

interface Seen {
  readonly member: Member;
  /** `10.0.0.11:8080`, as this instance names the leader. */
  readonly leader: string | undefined;
}

/**
 * Asks each instance who leads. Standbys pass every request on, so an answer alone says nothing
 * about the instance but that it runs and reaches the leader (Marathon 1.10).
 */
export async function probeMarathon(sight: Sight): Promise<Group> {
  const hosts = hostsWith(sight.spec, 'marathon');
  const seen = await Promise.all(hosts.map((host) => probeInstance(sight, host)));
  const named = [...new Set(seen.flatMap(({ leader }) => (leader === undefined ? [] : [leader])))];
  const address = named.length === 1 ? named[0] : undefined;
  const host = hosts.find((candidate) => endpoint(sight, candidate) === address);
  const framework = await marathonFramework(sight, host?.name);
  const members = seen.map(({ member }) => withRole(member, host));
  return judge(members, host, framework);
}

function endpoint({ spec }: Sight, host: Host): string {
  return `${host.address}:${spec.marathon.port}`;
}

async function probeInstance(sight: Sight, host: Host): Promise<Seen> {
  const remote = sight.remotes.get(host.name);
  if (remote === undefined) return { member: unseen(sight, host), leader: undefined };
  const port = sight.spec.marathon.port;
  const answer = await ask(remote, host, { method: 'GET', path: '/v2/leader', port });
  const leader = leaderOf(answer);
  const state = leader === undefined ? 'unhealthy' : 'healthy';
  const detail = leader === undefined ? whyNoLeader(answer) : '';
  return { member: { host: host.name, state, role: undefined, detail }, leader };
}

function leaderOf(answer: HttpAnswer | NoAnswer): string | undefined {
  if (failed(answer) || answer.status !== 200) return undefined;
  return leaderAnswer.safeParse(jsonOf(answer)).data?.leader;
}

function whyNoLeader(answer: HttpAnswer | NoAnswer): string {
  if (failed(answer)) return whyNoAnswer(answer);
  return answer.status === 404 || answer.status === 502
    ? 'knows no leader'
    : `answers ${answer.status}`;
}

function withRole(member: Member, leader: Host | undefined): Member {
  if (member.state !== 'healthy') return member;
  return { ...member, role: member.host === leader?.name ? 'leader' : 'standby' };
}

/** The id under which Mesos knows Marathon; null in its answer until it has registered. */
export async function marathonFramework(
  sight: Sight,
  leader: string | undefined,
): Promise<string | undefined> {
  const place = placeOf(sight, leader);
  if (place === undefined) return undefined;
  const port = sight.spec.marathon.port;
  const answer = await ask(place.remote, place.host, { method: 'GET', path: '/v2/info', port });
  if (failed(answer)) return undefined;
  return infoAnswer.safeParse(jsonOf(answer)).data?.frameworkId ?? undefined;
}

function judge(
  members: readonly Member[],
  leader: Host | undefined,
  framework: string | undefined,
): Group {
  const serving = members.filter(({ state }) => state === 'healthy').length;
  const base = { leader: leader?.name, members, canLose: Math.max(0, serving - 1) };
  if (leader === undefined) {
    const isUnknown = members.some(({ state }) => state === 'unknown');
    const reason = serving > 0 ? 'the instances name different leaders' : 'no leader';
    return { ...base, canLose: 0, state: isUnknown ? 'unknown' : 'unhealthy', reason };
  }
  if (framework === undefined) {
    return { ...base, state: 'unhealthy', reason: 'not registered with Mesos' };
  }
  if (serving < members.length) {
    const reason = `${members.length - serving} of ${members.length} do not serve`;
    return { ...base, state: 'degraded', reason };
  }
  return { ...base, state: 'healthy', reason: '' };
}
