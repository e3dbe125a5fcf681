import type { Host } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import { failed, probeDeadlineMs } from '../../../health/sight.ts';
import { returnAgentId } from '../../owed.ts';
import type { Run } from '../../run.ts';
import type { Call } from '../call.ts';
import { hostNamed } from './hosts.ts';
import { leadingOf } from './leading.ts';

/**
 * MARK_AGENT_GONE: without it the master waits 75 s for the agent's pings and lists it as unreachable
 * for two weeks. It cannot be taken back, and an agent that is told so while it lives ends its tasks
 * and exits at every start (1.12); so it is said only of one whose container is gone with its id, or
 * whose host nobody hears.
 */
export function forgetAgent(run: Run, name: string): Call {
  const host = hostNamed(run, name);
  const call = async (): Promise<boolean> => {
    run.undo.delete(returnAgentId(name));
    const leading = leadingOf(run);
    const agent = await leading.agent(host);
    if (agent === undefined) return false;
    if (!run.remotes.has(name)) {
      if (agent.state === 'active') throw alive(host, 'its Mesos agent is registered and active');
      const heard = await hearers(run, host);
      if (heard.length > 0) throw alive(host, `it answers ${heard.join(', ')}`);
    }
    await leading.tell('MARK_AGENT_GONE', agent.id);
    return true;
  };
  return { host, call };
}

/** Hosts that get any answer at all from its agent's port; a refused connection is one, too. */
async function hearers({ sight, spec }: Run, host: Host): Promise<readonly string[]> {
  const others = [...sight.remotes.values()].filter(({ name }) => name !== host.name);
  const answers = await Promise.all(
    others.map(async (remote) => {
      const answer = await remote.http({
        ...{ address: host.address, port: spec.mesos.agentPort, method: 'GET', path: '/health' },
        deadlineMs: probeDeadlineMs,
      });
      const isSilent =
        failed(answer) && (answer.failure === 'timeout' || answer.failure === 'unreachable');
      return isSilent ? [] : [remote.name];
    }),
  );
  return answers.flat();
}

function alive({ name }: Host, why: string): ClusterError {
  return new ClusterError(
    'NOT_PROVED_DEAD',
    `${name} is not reached by ci-cluster, but ${why}: builds may run there`,
    {
      host: name,
      remedy: `Make ${name} reachable again or switch it off; then run the same command again.`,
    },
  );
}
