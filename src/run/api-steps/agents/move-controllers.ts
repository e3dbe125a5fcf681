import type { Host, JenkinsController } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import { probeMarathon } from '../../../health/marathon.ts';
import { awaitElsewhere } from '../../failover/watch.ts';
import { killTask, tasksOf, type ControllerTask } from '../../failover/task.ts';
import type { Run } from '../../run.ts';

/** A controller that runs on the host now. */
export interface Resident {
  readonly controller: JenkinsController;
  readonly task: ControllerTask;
}

export async function residentsOf(run: Run, host: Host): Promise<readonly Resident[]> {
  if (run.spec.jenkins.length === 0) return [];
  const { leader } = await probeMarathon(run.sight);
  const found = await Promise.all(
    run.spec.jenkins.map(async (controller) => {
      const tasks = await tasksOf(run.sight, leader, controller);
      const task = tasks?.find((one) => one.host?.name === host.name);
      return task === undefined ? [] : [{ controller, task }];
    }),
  );
  return found.flat();
}

/**
 * Marathon starts it on another host: this one gets no offers any more. By order and not by the
 * drain, so that it answers again before anything else is stopped.
 */
export async function moveAway(run: Run, host: Host, resident: Resident): Promise<void> {
  const { sight, ports, report } = run;
  const { controller, task } = resident;
  const marathon = (await probeMarathon(sight)).leader;
  if (!(await killTask(sight, marathon, { controller, task }))) {
    throw new ClusterError(
      'STEP_FAILED',
      `Marathon did not end Jenkins ${controller.name} on ${host.name}`,
      {
        host: host.name,
        remedy: 'ci-cluster status shows the whole stack; then run the same command again.',
      },
    );
  }
  const leaders = { mesos: '', marathon: marathon ?? '' };
  const to = await awaitElsewhere({ sight, ports, leaders, controller, task, report }, host);
  report({ kind: 'note', text: `Jenkins ${controller.name} runs on ${to} now` });
}
