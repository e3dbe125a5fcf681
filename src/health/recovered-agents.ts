import { z } from 'zod';
import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import { readLeader } from './operator-api.ts';
import { ask, failed, type Sight } from './sight.ts';

const answerForm = z.object({
  get_agents: z.object({
    recovered_agents: z
      .array(z.object({ hostname: z.string(), port: z.number().optional() }))
      .default([]),
  }),
});

/**
 * Mesos agents that run, but have not come back to the leader since its election. It answers 200
 * before they have, and does not count them in any metric (Mesos 1.12).
 */
export async function whyNotReregistered(
  sight: Sight,
  leader: string | undefined,
): Promise<string> {
  const answer = answerForm.safeParse(await readLeader(sight, leader, 'GET_AGENTS')).data;
  if (answer === undefined) return 'the leading master does not tell its agents';
  const known = answer.get_agents.recovered_agents;
  const late = hostsWith(sight.spec, 'mesos-agent').filter(({ address }) =>
    known.some(({ hostname }) => hostname === address),
  );
  const running = await Promise.all(late.map((host) => agentAnswers(sight, host)));
  const names = late.filter((_host, index) => running[index]).map(({ name }) => name);
  if (names.length === 0) return '';
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `Mesos agents not back yet: ${names.slice(0, 3).join(', ')}${more}`;
}

/**
 * On its own port. One that is down does not come back by waiting; the gate of the agents is there for
 * it.
 */
export async function agentAnswers({ spec, remotes }: Sight, host: Host): Promise<boolean> {
  const remote = remotes.get(host.name);
  if (remote === undefined) return false;
  const port = spec.mesos.agentPort;
  const answer = await ask(remote, host, { method: 'GET', path: '/health', port });
  return !failed(answer) || answer.failure === 'closed';
}
