import type { Host } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import { tasksOnAgent } from '../../../health/agent-tasks.ts';
import type { Run } from '../../run.ts';
import type { Leading } from './leading.ts';

/** Controllers get 60 s between TERM and KILL; the clean way took 5 s (Mesos 1.12). */
const drainMs = 150_000;
/** A drain sticks where a framework that is away cannot acknowledge an end; asking again helped (1.12). */
const againMs = 15_000;
const pauseMs = 1000;

export interface Draining {
  readonly run: Run;
  readonly leading: Leading;
  readonly host: Host;
  /** Undefined where nothing may stop it: the end of an interrupted run. */
  readonly signal: AbortSignal | undefined;
}

/** Ends what is left on the agent and waits until the master says that nothing is. */
export async function drain({ run, leading, host, signal }: Draining): Promise<void> {
  const { clock } = run.ports;
  const begin = clock.now();
  let asked = -Infinity;
  for (;;) {
    const agent = await leading.agent(host);
    if (agent === undefined) throw vanished(host);
    if (agent.state === 'drained') return;
    if (clock.now() - begin >= drainMs) throw await stuck(run, host);
    if (clock.now() - asked >= againMs) {
      await leading.tell('DRAIN_AGENT', agent.id);
      asked = clock.now();
    } else {
      const reason = 'what is left on it ends';
      run.report({ kind: 'emptying', place: host.name, reason, deadlineMs: drainMs });
    }
    await clock.sleep(pauseMs, signal);
  }
}

function vanished({ name }: Host): ClusterError {
  return new ClusterError('STEP_FAILED', `the Mesos agent on ${name} left while it was emptied`, {
    host: name,
    remedy: 'ci-cluster status shows what became of it; then run the same command again.',
  });
}

async function stuck(run: Run, host: Host): Promise<ClusterError> {
  const tasks = (await tasksOnAgent(run.sight, host)) ?? [];
  return new ClusterError(
    'STEP_FAILED',
    `the Mesos agent on ${host.name} is not empty ${drainMs / 1000} s after it was told to end its tasks`,
    {
      host: host.name,
      evidence: tasks.slice(0, 10).map(({ id, framework }) => `${id} of framework ${framework}`),
      remedy:
        'A framework that is away cannot acknowledge that its tasks ended: ci-cluster status shows which one; then run the same command again.',
    },
  );
}
