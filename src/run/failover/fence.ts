import type { JenkinsController } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import { probeMasters } from '../../health/mesos.ts';
import { callLeader } from '../../health/operator-api.ts';
import { failed, whyNoAnswer, type Sight } from '../../health/sight.ts';
import type { Ports } from '../../ports.ts';
import type { Report } from '../events.ts';
import { lockState } from './proof.ts';
import { killTask, tasksOf, type ControllerTask } from './task.ts';

/** Names of the hosts that lead. */
export interface Leaders {
  readonly mesos: string;
  readonly marathon: string;
}

export interface Order {
  readonly sight: Sight;
  readonly ports: Ports;
  readonly leaders: Leaders;
  readonly controller: JenkinsController;
  readonly task: ControllerTask;
  readonly report: Report;
}

/** Jenkins gets 60 s between TERM and KILL (taskKillGracePeriodSeconds of its app). */
const releaseDeadlineMs = 90_000;
const pauseMs = 1000;

/**
 * For a host that is certainly dead: Mesos and Marathon need not wait for its pings. The id of this
 * Mesos agent is refused from then on (MARK_AGENT_GONE, Mesos 1.5+).
 */
export async function markGone(order: Order): Promise<void> {
  await tell(order, 'MARK_AGENT_GONE');
}

/** Ends the controller where it runs and keeps its host out of the offers while `work` runs. */
export async function fence<T>(order: Order, work: () => Promise<T>): Promise<T> {
  const { sight, leaders, controller, task } = order;
  await tell(order, 'DEACTIVATE_AGENT');
  return await undoing(order, async () => {
    if (!(await killTask(sight, leaders.marathon, { controller, task }))) {
      throw new ClusterError('STEP_FAILED', `Marathon did not end the task ${task.id}`, {
        remedy: 'Run the same command again; nothing was moved.',
      });
    }
    await awaitRelease(order);
    return await work();
  });
}

/** The first fault counts; an undo that fails as well is told beside it. */
async function undoing<T>(order: Order, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (cause) {
    const undo = await reactivate(order).catch((error: unknown) => error);
    throw undo instanceof ClusterError && cause instanceof ClusterError ? both(cause, undo) : cause;
  }
  await reactivate(order);
  return result;
}

function both(first: ClusterError, undo: ClusterError): ClusterError {
  const { code, message, host, evidence, remedy } = first;
  return new ClusterError(code, `${message}; and ${undo.message}`, {
    ...{ host, evidence, cause: first },
    remedy: `${remedy} ${undo.remedy}`,
  });
}

/** Somebody else may lead by now. */
async function reactivate(order: Order): Promise<void> {
  const { leader } = await probeMasters(order.sight);
  const leaders = { ...order.leaders, mesos: leader ?? order.leaders.mesos };
  await tell({ ...order, leaders }, 'REACTIVATE_AGENT');
}

async function tell(
  { sight, leaders, task }: Order,
  type: 'MARK_AGENT_GONE' | 'DEACTIVATE_AGENT' | 'REACTIVATE_AGENT',
): Promise<void> {
  const content = { agent_id: { value: task.agentId } };
  const answer = await callLeader(sight, leaders.mesos, { type, content });
  if (answer !== undefined && !failed(answer) && answer.status < 300) return;
  const why =
    answer === undefined
      ? 'no connection'
      : failed(answer)
        ? whyNoAnswer(answer)
        : `${answer.status} ${answer.body.trim().slice(0, 200)}`;
  throw new ClusterError('STEP_FAILED', `the Mesos master did not take ${type}: ${why}`, {
    host: leaders.mesos,
    remedy:
      type === 'REACTIVATE_AGENT'
        ? `The Mesos agent ${task.agentId} still gets no offers. Run the same command again, or send REACTIVATE_AGENT to the leading master.`
        : 'ci-cluster status shows whether Mesos has a leader; run the same command again.',
  });
}

/** Until the old task has ended, or nobody holds the lock: the new one may have it already. */
async function awaitRelease(order: Order): Promise<void> {
  const { sight, ports, leaders, controller, report, task } = order;
  const { clock, signal } = ports;
  const deadline = clock.now() + releaseDeadlineMs;
  const from = task.host?.name ?? '';
  for (;;) {
    const lock = await lockState(sight.spec, sight.remotes, { controller, except: from });
    if (lock.state === 'free') return;
    const tasks = await tasksOf(sight, leaders.marathon, controller);
    if (tasks?.every(({ id }) => id !== task.id) === true) return;
    if (clock.now() >= deadline) {
      throw new ClusterError('STEP_FAILED', `the old controller did not end: ${lock.text}`, {
        host: from,
        remedy: `Look at it on ${from}: sudo docker ps --filter volume=${controller.home.path}`,
      });
    }
    report({ kind: 'settling', reason: lock.text, deadlineMs: releaseDeadlineMs });
    await clock.sleep(pauseMs, signal);
  }
}
