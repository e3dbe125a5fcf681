import type { ClusterSpec, Host, JenkinsController } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import { probeMarathon } from '../../health/marathon.ts';
import { probeMasters } from '../../health/mesos.ts';
import type { Sight } from '../../health/sight.ts';
import type { Ports } from '../../ports.ts';
import { eligibleHosts } from '../../services/jenkins.ts';
import { moveTime, type MoveTime } from '../../services/move-time.ts';
import type { Report } from '../events.ts';
import { lookAt } from '../look.ts';
import { underClusterLock } from '../lock/cluster-lock.ts';
import { fence, markGone, type Leaders, type Order } from './fence.ts';
import { proveDead } from './proof.ts';
import { tasksOf, type ControllerTask } from './task.ts';
import { awaitElsewhere } from './watch.ts';

export interface FailoverInput {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  readonly report: Report;
  readonly controller: JenkinsController;
  /** Asked once, before anything is changed. Throws to refuse. */
  readonly confirm: (move: Move) => Promise<void>;
}

export interface Move {
  readonly controller: string;
  readonly from: string;
  /** `gone`: the host is proved dead; `fenced`: the controller there is ended first. */
  readonly how: 'gone' | 'fenced';
  readonly evidence: readonly string[];
  /** What it would take if nobody gave the order. */
  readonly unattended: MoveTime;
}

export interface Moved extends Move {
  readonly to: string;
  /** Milliseconds since the order: until the old one was out of the way, and until the new one answered. */
  readonly releasedMs: number;
  readonly answeredMs: number;
  /** Id of the Mesos agent that may never come back. */
  readonly goneAgent: string | undefined;
}

/** Moves a controller to another host, only if the old one certainly does not write any more. */
export async function failover(input: FailoverInput): Promise<Moved> {
  const { ports, controller, report, confirm } = input;
  const look = await lookAt(input.spec, ports, report);
  const { sight } = look;
  refusePinned(controller);
  const leaders = await leadersOf(sight);
  const { task, from } = await currentTask(sight, leaders, controller);
  refuseAlone(sight, controller, from);
  const move = await moveOf(sight, controller, from);
  await confirm(move);
  const command = `jenkins failover ${controller.name}`;
  return await underClusterLock({
    ...{ sight, ports, command },
    work: async (its) => {
      await refuseMoved(sight, leaders, { controller, from });
      return await carryOut({ sight, ports: its, leaders, controller, task, report }, from, move);
    },
  });
}

async function carryOut(order: Order, from: Host, move: Move): Promise<Moved> {
  const { clock } = order.ports;
  const begin = clock.now();
  const since = () => Math.round(clock.now() - begin);
  const arrive = async (goneAgent: string | undefined): Promise<Moved> => {
    const releasedMs = since();
    const to = await awaitElsewhere(order, from);
    return { ...move, to, releasedMs, answeredMs: since(), goneAgent };
  };
  if (move.how === 'fenced') return await fence(order, () => arrive(undefined));
  // The question may have stood there for long: a host that came back meanwhile is not gone.
  await refuseLiving(order.sight, order.controller, from);
  await markGone(order);
  return await arrive(order.task.agentId);
}

/** Somebody else may have moved it while the question was open or another run had the lock. */
async function refuseMoved(
  sight: Sight,
  leaders: Leaders,
  { controller, from }: { readonly controller: JenkinsController; readonly from: Host },
): Promise<void> {
  const now = await currentTask(sight, leaders, controller);
  if (now.from.name === from.name) return;
  const text = `Jenkins ${controller.name} runs on ${now.from.name} now, no longer on ${from.name}`;
  throw new ClusterError('NOT_MOVABLE', text, {
    host: now.from.name,
    remedy: 'ci-cluster status shows the whole stack; nothing was changed.',
  });
}

function refusePinned({ name, home }: JenkinsController): void {
  if (home.kind === 'shared') return;
  throw new ClusterError(
    'NOT_MOVABLE',
    `Jenkins ${name} is bound to ${home.host}: its home is on that host only`,
    {
      host: home.host,
      remedy: `Bring ${home.host} back. To make the controller movable, put its home on a folder that all Mesos agents share (home: { kind: shared }).`,
    },
  );
}

async function leadersOf(sight: Sight): Promise<Leaders> {
  const [masters, marathon] = await Promise.all([probeMasters(sight), probeMarathon(sight)]);
  if (masters.leader !== undefined && marathon.leader !== undefined) {
    return { mesos: masters.leader, marathon: marathon.leader };
  }
  const which = masters.leader === undefined ? 'Mesos master' : 'Marathon';
  throw new ClusterError('GATE_NOT_REACHED', `no leading ${which} to give the order to`, {
    remedy: 'ci-cluster status shows the whole stack; run the same command again with a leader.',
  });
}

async function currentTask(
  sight: Sight,
  { marathon }: Leaders,
  controller: JenkinsController,
): Promise<{ task: ControllerTask; from: Host }> {
  const tasks = await tasksOf(sight, marathon, controller);
  const task = tasks?.find(({ host }) => host !== undefined);
  if (task?.host !== undefined) return { task, from: task.host };
  const why = tasks === undefined ? 'Marathon does not tell' : 'Marathon has no task of it';
  throw new ClusterError('NOT_MOVABLE', `Jenkins ${controller.name} runs nowhere: ${why}`, {
    remedy: 'ci-cluster status says what it waits for; there is nothing to move.',
  });
}

function refuseAlone(sight: Sight, controller: JenkinsController, from: Host): void {
  const others = eligibleHosts(sight.spec, controller).filter(({ name }) => name !== from.name);
  if (others.some(({ name }) => sight.remotes.has(name))) return;
  throw new ClusterError(
    'NOT_MOVABLE',
    `Jenkins ${controller.name} cannot leave ${from.name}: no other Mesos agent is reached`,
    { host: from.name, remedy: 'Bring another Mesos agent back, then run the same command again.' },
  );
}

async function moveOf(sight: Sight, controller: JenkinsController, from: Host): Promise<Move> {
  const unattended = moveTime(sight.spec);
  const common = { controller: controller.name, from: from.name, unattended };
  if (sight.remotes.has(from.name)) {
    const evidence = [`${from.name} answers: the controller there is ended first`];
    return { ...common, how: 'fenced', evidence };
  }
  const evidence = await refuseLiving(sight, controller, from);
  return { ...common, how: 'gone', evidence };
}

/** What proves that the host is dead; throws NOT_PROVED_DEAD where that cannot be proved. */
async function refuseLiving(
  sight: Sight,
  controller: JenkinsController,
  from: Host,
): Promise<readonly string[]> {
  const { dead, evidence } = await proveDead(sight, from, controller);
  if (dead) return evidence;
  throw new ClusterError(
    'NOT_PROVED_DEAD',
    `${from.name} is not reached, but not proved dead: its controller may still write`,
    {
      host: from.name,
      evidence,
      remedy: `Switch ${from.name} off, or end the controller there by hand; then run the same command again.`,
    },
  );
}
