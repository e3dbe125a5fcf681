import type { Host } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import { agentOf, readAgents } from '../../../health/agents.ts';
import { probeMasters } from '../../../health/mesos.ts';
import { callLeader } from '../../../health/operator-api.ts';
import { failed, whyNoAnswer } from '../../../health/sight.ts';
import type { RegisteredAgent } from '../../../plan/observed.ts';
import type { Run } from '../../run.ts';

export type AgentOrder =
  'DEACTIVATE_AGENT' | 'DRAIN_AGENT' | 'REACTIVATE_AGENT' | 'MARK_AGENT_GONE';

/** The leading master, whoever it is at the moment. */
export interface Leading {
  /** Undefined: it has no such agent. Throws GATE_NOT_REACHED where nobody leads. */
  agent(host: Host): Promise<RegisteredAgent | undefined>;
  /** Throws STEP_FAILED with the words of the master. */
  tell(order: AgentOrder, agentId: string): Promise<void>;
}

/** Finds the leader again whenever the last one does not answer. */
export function leadingOf({ sight }: Pick<Run, 'sight'>): Leading {
  const known: { leader: string | undefined } = { leader: undefined };
  const find = async (): Promise<string> => {
    known.leader ??= (await probeMasters(sight)).leader;
    if (known.leader !== undefined) return known.leader;
    throw unled('no leading Mesos master to ask');
  };
  const asking = async <T>(ask: (leader: string) => Promise<T | undefined>): Promise<T> => {
    const first = await ask(await find());
    if (first !== undefined) return first;
    known.leader = undefined;
    const second = await ask(await find());
    if (second !== undefined) return second;
    throw unled('the leading Mesos master does not answer');
  };
  return {
    agent: async (host) =>
      agentOf(sight.spec, host, await asking((leader) => readAgents(sight, leader))),
    tell: async (type, agentId) => {
      await asking((leader) => tell(sight, leader, { type, agentId }));
    },
  };
}

function unled(message: string): ClusterError {
  return new ClusterError('GATE_NOT_REACHED', message, {
    remedy:
      'ci-cluster status shows the whole stack; run the same command again once there is a leader.',
  });
}

interface Telling {
  readonly type: AgentOrder;
  readonly agentId: string;
}

/** True when it was taken; undefined where another may lead by now. */
async function tell(
  sight: Run['sight'],
  leader: string,
  { type, agentId }: Telling,
): Promise<true | undefined> {
  const content = { agent_id: { value: agentId } };
  const answer = await callLeader(sight, leader, { type, content });
  if (answer !== undefined && !failed(answer)) {
    if (answer.status < 300) return true;
    if (answer.status !== 307 && answer.status !== 503) throw refused(type, leader, answer);
    return undefined;
  }
  if (answer === undefined || answer.failure === 'refused') return undefined;
  const message = `${leader} did not answer ${type}: ${whyNoAnswer(answer)}`;
  const remedy = 'Run the same command again: it looks first.';
  throw new ClusterError('RESULT_UNKNOWN', message, { host: leader, remedy });
}

function refused(
  type: AgentOrder,
  leader: string,
  { status, body }: { readonly status: number; readonly body: string },
): ClusterError {
  const said = `${status} ${body.trim().slice(0, 200)}`;
  return new ClusterError(
    'STEP_FAILED',
    `the leading master on ${leader} refused ${type}: ${said}`,
    {
      host: leader,
      remedy: 'ci-cluster status shows the whole stack; then run the same command again.',
    },
  );
}
