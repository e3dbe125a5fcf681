import { z } from 'zod';
import type { JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { orphansAmong, readFrameworks, type Framework } from '../health/frameworks.ts';
import { marathonFramework, probeMarathon } from '../health/marathon.ts';
import { probeMasters } from '../health/mesos.ts';
import type { OrphanFramework } from '../health/model.ts';
import { callLeader, readLeader } from '../health/operator-api.ts';
import { failed, whyNoAnswer, type Sight } from '../health/sight.ts';
import type { Ports } from '../ports.ts';

/** Orphans with what ends with them. */
export interface Orphans {
  readonly leader: string;
  readonly marathonId: string;
  readonly found: readonly Orphan[];
}

export interface Orphan extends OrphanFramework {
  /** Tasks that have not ended. */
  readonly tasks: number;
}

const taskList = z.array(z.object({ framework_id: z.object({ value: z.string() }) })).default([]);
const tasksAnswer = z.object({
  get_tasks: z.object({ tasks: taskList, unreachable_tasks: taskList }),
});

/**
 * Throws where it cannot be certain: a framework is nobody's only if both Mesos and Marathon answer,
 * as Marathon must never be taken for one.
 */
export async function findOrphans(
  sight: Sight,
  controllers: readonly JenkinsController[],
): Promise<Orphans> {
  const [{ leader }, marathon] = await Promise.all([probeMasters(sight), probeMarathon(sight)]);
  if (leader === undefined) throw uncertain('no leading Mesos master');
  const frameworks = await readFrameworks(sight, leader);
  if (frameworks === undefined) throw uncertain('the Mesos leader does not tell its frameworks');
  const marathonId = await marathonFramework(sight, marathon.leader);
  if (marathonId === undefined) throw uncertain('Marathon does not tell its framework id');
  const names = controllers.map(({ name }) => name);
  const orphans = orphansAmong(frameworks, sight.spec.jenkins, marathonId).filter(
    ({ controller }) => names.includes(controller),
  );
  const tasks = orphans.length === 0 ? new Map<string, number>() : await taskCounts(sight, leader);
  const found = orphans.map((orphan) => ({ ...orphan, tasks: tasks.get(orphan.id) ?? 0 }));
  return { leader, marathonId, found };
}

function uncertain(what: string): ClusterError {
  return new ClusterError('TEARDOWN_REFUSED', `${what}: it is not certain who is an orphan`, {
    remedy:
      'ci-cluster status shows the whole stack; run the same command again once it is healthy.',
  });
}

async function taskCounts(sight: Sight, leader: string): Promise<Map<string, number>> {
  const { data } = tasksAnswer.safeParse(await readLeader(sight, leader, 'GET_TASKS'));
  if (data === undefined) throw uncertain('the Mesos leader does not tell its tasks');
  const counts = new Map<string, number>();
  for (const { framework_id: id } of [
    ...data.get_tasks.tasks,
    ...data.get_tasks.unreachable_tasks,
  ]) {
    counts.set(id.value, (counts.get(id.value) ?? 0) + 1);
  }
  return counts;
}

/** Looked at once more right before, as a controller may have come back meanwhile. */
export async function endOrphan(
  sight: Sight,
  { leader, marathonId }: Orphans,
  { id, name }: Orphan,
): Promise<void> {
  const frameworks = (await readFrameworks(sight, leader)) ?? [];
  const isStill = orphansAmong(frameworks, sight.spec.jenkins, marathonId).some(
    (orphan) => orphan.id === id,
  );
  if (!isStill) throw protectedNow(name, id, frameworks);
  const content = { framework_id: { value: id } };
  const answer = await callLeader(sight, leader, { type: 'TEARDOWN', content });
  if (answer !== undefined && !failed(answer) && answer.status < 300) return;
  const why =
    answer === undefined || failed(answer)
      ? `no answer from ${leader}${answer === undefined ? '' : `: ${whyNoAnswer(answer)}`}`
      : `${answer.status} ${answer.body.slice(0, 200)}`;
  throw new ClusterError('STEP_FAILED', `Mesos did not end framework ${id}`, {
    host: leader,
    evidence: [why],
    remedy: 'Run the same command again: it looks first.',
  });
}

function protectedNow(name: string, id: string, frameworks: readonly Framework[]): ClusterError {
  const isThere = frameworks.some((framework) => framework.id === id);
  const why = isThere ? 'is in use again' : 'is gone already';
  return new ClusterError('TEARDOWN_REFUSED', `framework ${name} (${id}) ${why}`, {
    remedy: 'Run the same command again: it looks first.',
  });
}

const goneMs = 15_000;
const pauseMs = 500;

/** Reads back until none of them is listed any more. */
export async function awaitGone(
  sight: Sight,
  { leader, found }: Orphans,
  { clock, signal }: Ports,
): Promise<void> {
  const deadline = clock.now() + goneMs;
  for (;;) {
    const frameworks = await readFrameworks(sight, leader);
    const left = found.filter(({ id }) => frameworks?.some((one) => one.id === id) !== false);
    if (left.length === 0) return;
    if (clock.now() >= deadline) {
      const ids = left.map(({ id }) => id).join(', ');
      throw new ClusterError('GATE_NOT_REACHED', `Mesos still lists ${ids} after the teardown`, {
        remedy: 'Run the same command again: it looks first.',
      });
    }
    await clock.sleep(pauseMs, signal);
  }
}
