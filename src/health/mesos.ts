import { z } from 'zod';
import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import type { HttpAnswer } from '../ports.ts';
import type { RegisteredAgent } from '../plan/observed.ts';
import { agentOf, readAgents } from './agents.ts';
import { judgeQuorum } from './judge-quorum.ts';
import type { AgentMember, AgentPool, Group, Member } from './model.ts';
import { operatorCall } from './operator-api.ts';
import { ask, failed, placeOf, jsonOf, unseen, whyNoAnswer, type Sight } from './sight.ts';

/**
 * The leader is the one master whose operator API answers 200. Not `/health` (200 in every state)
 * and not `/redirect` (names the dead leader for 10 s): both seen on Mesos 1.12.
 */
export async function probeMasters(sight: Sight): Promise<Group> {
  const hosts = hostsWith(sight.spec, 'mesos-master');
  const members = await Promise.all(hosts.map((host) => probeMaster(sight, host)));
  const leaders = members.filter(({ role }) => role === 'leader');
  const leader = leaders.length === 1 ? leaders[0]?.host : undefined;
  const replicas = await replicasInSight(sight, leader);
  return judgeQuorum({
    members,
    leader,
    voting: replicas,
    behind: (voting, total) => `the leader reaches ${voting} of ${total} log replicas`,
  });
}

async function probeMaster(sight: Sight, host: Host): Promise<Member> {
  const remote = sight.remotes.get(host.name);
  if (remote === undefined) return unseen(sight, host);
  const answer = await ask(remote, host, operatorCall(sight, 'GET_HEALTH'));
  if (failed(answer)) return member(host, undefined, whyNoAnswer(answer));
  return answered(host, answer);
}

function answered(host: Host, { status, body }: HttpAnswer): Member {
  if (status === 200) return member(host, 'leader', '');
  if (status === 307) return member(host, 'standby', '');
  if (status === 404) return member(host, undefined, 'is starting');
  const text = body.trim().slice(0, 80);
  return member(host, undefined, text === '' ? `answers ${status}` : text);
}

function member(host: Host, role: string | undefined, detail: string): Member {
  return { host: host.name, state: role === undefined ? 'unhealthy' : 'healthy', role, detail };
}

/** A leader that lost its quorum looks healthy but for this number (Mesos 1.12). */
async function replicasInSight(
  sight: Sight,
  leader: string | undefined,
): Promise<number | undefined> {
  const place = placeOf(sight, leader);
  if (place === undefined) return undefined;
  const { host, remote } = place;
  const path = '/metrics/snapshot?timeout=2secs';
  const answer = await ask(remote, host, {
    method: 'GET',
    path,
    port: sight.spec.mesos.masterPort,
  });
  if (failed(answer) || answer.status !== 200) return undefined;
  return z.object({ 'registrar/log/ensemble_size': z.number() }).safeParse(jsonOf(answer)).data?.[
    'registrar/log/ensemble_size'
  ];
}

/** The agents as the leading master sees them. */
export async function probeAgents(sight: Sight, leader: string | undefined): Promise<AgentPool> {
  const hosts = hostsWith(sight.spec, 'mesos-agent');
  const registered = await readAgents(sight, leader);
  if (registered === undefined) {
    const detail = 'no leading master to ask';
    const members = hosts.map((host) => agentMember(host, 'unknown', detail));
    return { state: 'unknown', members, reason: detail };
  }
  const members = hosts.map((host) => judgeAgent(sight, host, registered));
  const missing = members.filter(({ state }) => state !== 'healthy');
  if (missing.length === 0) return { state: 'healthy', members, reason: '' };
  const reason = `${missing.length} of ${members.length} not registered and active`;
  const isOut =
    missing.length === members.length && missing.some(({ state }) => state !== 'degraded');
  return { state: isOut ? 'unhealthy' : 'degraded', members, reason };
}

function judgeAgent(sight: Sight, host: Host, registered: readonly RegisteredAgent[]): AgentMember {
  const found = agentOf(sight.spec, host, registered);
  if (found === undefined) {
    if (!sight.remotes.has(host.name))
      return agentMember(host, 'unknown', unseen(sight, host).detail);
    return agentMember(host, 'unhealthy', 'not registered with the leader');
  }
  const { cpus, memoryMb, diskMb } = found;
  const { state, detail } = judgements[found.state](host.name);
  const resources = { cpus, memoryMb, diskMb };
  return { host: host.name, state, role: 'agent', detail, resources };
}

/** One that gets no work on purpose is no dead one: its tasks run, or it waits for what was planned. */
const judgements: Readonly<
  Record<RegisteredAgent['state'], (host: string) => Pick<AgentMember, 'state' | 'detail'>>
> = {
  active: () => ({ state: 'healthy', detail: '' }),
  disconnected: () => ({ state: 'unhealthy', detail: 'not active' }),
  deactivated: (host) => ({
    state: 'degraded',
    detail: `deactivated: gets no work; ${back(host)}`,
  }),
  draining: (host) => ({ state: 'degraded', detail: `is being drained; ${back(host)}` }),
  drained: (host) => ({ state: 'degraded', detail: `drained: gets no work; ${back(host)}` }),
};

function back(host: string): string {
  return `ci-cluster add-agent ${host} gives it back`;
}

function agentMember(host: Host, state: AgentMember['state'], detail: string): AgentMember {
  return { host: host.name, state, role: undefined, detail, resources: undefined };
}
