import type { Host } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import { vacatedPath } from '../../../plan/around-agent.ts';
import { ask, failed, probeDeadlineMs } from '../../../health/sight.ts';
import { performOnHosts } from '../../host-steps.ts';
import type { Run } from '../../run.ts';
import { drain } from './drain.ts';
import { putBack } from './jenkins-nodes.ts';
import { leadingOf } from './leading.ts';
import { hasRegisteredAnew } from './memory.ts';

const answerMs = 60_000;
const registerMs = 30_000;
const pauseMs = 1000;

/** The host gets work again; true if something had been taken from it. */
export async function giveBack(run: Run, host: Host): Promise<boolean> {
  await agentAnswers(run, host);
  const leading = leadingOf(run);
  const agent = await leading.agent(host);
  const isOut = agent !== undefined && !['active', 'disconnected'].includes(agent.state);
  if (isOut) {
    // While it drains it cannot be reactivated (400, Mesos 1.12).
    if (agent.state === 'draining') await drain({ run, leading, host, signal: undefined });
    await leading.tell('REACTIVATE_AGENT', agent.id);
  }
  const nodes = await putBack(run, host.name);
  return isOut || nodes;
}

/** After a change. An agent that does not come back is found by the gate that follows. */
export async function awaitRegistration(run: Run, host: Host): Promise<void> {
  const { clock, signal } = run.ports;
  const deadline = clock.now() + registerMs;
  const leading = leadingOf(run);
  for (;;) {
    const agent = await leading.agent(host);
    if (agent !== undefined && hasRegisteredAnew(run, host, agent)) return;
    if (clock.now() >= deadline) return;
    const reason = 'its Mesos agent registers';
    run.report({ kind: 'emptying', place: host.name, reason, deadlineMs: registerMs });
    await clock.sleep(pauseMs, signal);
  }
}

/** Its own port, as long as it takes to start; one that stays silent is found by the gate after it. */
async function agentAnswers({ sight, ports, spec }: Run, host: Host): Promise<void> {
  const remote = sight.remotes.get(host.name);
  const deadline = ports.clock.now() + answerMs;
  const request = { method: 'GET', path: '/health', port: spec.mesos.agentPort } as const;
  while (remote !== undefined) {
    const answer = await ask(remote, host, { ...request, deadlineMs: probeDeadlineMs });
    if (!failed(answer) || ports.clock.now() >= deadline) return;
    await ports.clock.sleep(pauseMs);
  }
}

/** For the end of a run that did not come to its return: nothing of it looks at the run's signal. */
export async function giveBackAtLast(run: Run, host: Host): Promise<void> {
  const calm: Run = { ...run, ports: { ...run.ports, signal: new AbortController().signal } };
  await giveBack(calm, host);
  const unmark = { kind: 'remove-file', path: vacatedPath } as const;
  const work = [{ host: host.name, steps: [unmark] }];
  try {
    await performOnHosts({ kind: 'hosts', phase: 'agents', work }, calm, []);
  } catch (error) {
    // The mark alone does no harm: the next run finds it and that there is nothing to give back.
    if (!(error instanceof ClusterError)) throw error;
  }
}
