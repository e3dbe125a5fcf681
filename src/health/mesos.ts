import { z } from 'zod';
import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import type { HttpAnswer } from '../ports.ts';
import { judgeQuorum } from './judge-quorum.ts';
import type { AgentMember, AgentPool, Group, Member } from './model.ts';
import { operatorCall, readLeader } from './operator-api.ts';
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

const resource = z.object({
  name: z.string(),
  scalar: z.object({ value: z.number() }).optional(),
});

const agentsAnswer = z.object({
  get_agents: z.object({
    agents: z
      .array(
        z.object({
          active: z.boolean(),
          deactivated: z.boolean().optional(),
          agent_info: z.object({ hostname: z.string(), port: z.number().optional() }),
          total_resources: z.array(resource).default([]),
        }),
      )
      .default([]),
  }),
});

type Registered = z.output<typeof agentsAnswer>['get_agents']['agents'][number];

/** The agents as the leading master sees them. */
export async function probeAgents(sight: Sight, leader: string | undefined): Promise<AgentPool> {
  const hosts = hostsWith(sight.spec, 'mesos-agent');
  const registered = await registeredAgents(sight, leader);
  if (registered === undefined) {
    const detail = 'no leading master to ask';
    const members = hosts.map((host) => agentMember(host, 'unknown', detail));
    return { state: 'unknown', members, reason: detail };
  }
  const members = hosts.map((host) => judgeAgent(sight, host, registered));
  const missing = members.filter(({ state }) => state !== 'healthy');
  if (missing.length === 0) return { state: 'healthy', members, reason: '' };
  const reason = `${missing.length} of ${members.length} not registered and active`;
  return { state: missing.length === members.length ? 'unhealthy' : 'degraded', members, reason };
}

async function registeredAgents(
  sight: Sight,
  leader: string | undefined,
): Promise<readonly Registered[] | undefined> {
  const answer = await readLeader(sight, leader, 'GET_AGENTS');
  return agentsAnswer.safeParse(answer).data?.get_agents.agents;
}

function judgeAgent(sight: Sight, host: Host, registered: readonly Registered[]): AgentMember {
  const { spec } = sight;
  const found = registered.find(
    ({ agent_info: info }) =>
      info.hostname === host.address && (info.port ?? 5051) === spec.mesos.agentPort,
  );
  if (found === undefined) {
    if (!sight.remotes.has(host.name))
      return agentMember(host, 'unknown', unseen(sight, host).detail);
    return agentMember(host, 'unhealthy', 'not registered with the leader');
  }
  const scalar = (name: string) =>
    found.total_resources.find((entry) => entry.name === name)?.scalar?.value ?? 0;
  const resources = { cpus: scalar('cpus'), memoryMb: scalar('mem'), diskMb: scalar('disk') };
  const detail = found.deactivated === true ? 'deactivated' : found.active ? '' : 'not active';
  const state = detail === '' ? 'healthy' : 'unhealthy';
  return { host: host.name, state, role: 'agent', detail, resources };
}

function agentMember(host: Host, state: AgentMember['state'], detail: string): AgentMember {
  return { host: host.name, state, role: undefined, detail, resources: undefined };
}
