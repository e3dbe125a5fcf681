import type { Host } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import { failed, placeOf, probeDeadlineMs } from '../../health/sight.ts';
import type { Order } from './fence.ts';
import { tasksOf } from './task.ts';

const answerDeadlineMs = 300_000;
const pauseMs = 1000;

/** Name of the host where the controller answers again; never the one that it left. */
export async function awaitElsewhere(order: Order, from: Host): Promise<string> {
  const { ports, report, controller } = order;
  const { clock, signal } = ports;
  const deadline = clock.now() + answerDeadlineMs;
  for (;;) {
    const seen = await look(order, from);
    if (typeof seen === 'object') return seen.host;
    if (clock.now() >= deadline) {
      throw new ClusterError(
        'GATE_NOT_REACHED',
        `Jenkins ${controller.name} does not answer on another host: ${seen}`,
        { remedy: 'ci-cluster status says what it waits for.' },
      );
    }
    report({ kind: 'settling', reason: seen, deadlineMs: answerDeadlineMs });
    await clock.sleep(pauseMs, signal);
  }
}

/** The host, or why there is none yet. */
async function look(order: Order, from: Host): Promise<{ host: string } | string> {
  const { sight, leaders, controller } = order;
  const tasks = await tasksOf(sight, leaders.marathon, controller);
  if (tasks === undefined) return 'Marathon does not answer';
  const next = tasks.find(({ host }) => host !== undefined && host.name !== from.name);
  if (next?.host === undefined) return 'waits for an offer from another host';
  if (next.state !== 'TASK_RUNNING') return `is being started on ${next.host.name}`;
  const place = placeOf(sight, next.host.name);
  if (place === undefined) return `runs on ${next.host.name}, which is not connected`;
  const answer = await place.remote.http({
    address: next.host.address,
    port: controller.port,
    method: 'GET',
    path: '/login',
    deadlineMs: probeDeadlineMs,
  });
  const ready = !failed(answer) && answer.status === 200;
  return ready ? { host: next.host.name } : `is starting on ${next.host.name}`;
}
