import { z } from 'zod';
import type { ClusterSpec, Host, JenkinsController } from '../../config/cluster-spec.ts';
import { ask, failed, jsonOf, placeOf, type Sight } from '../../health/sight.ts';
import { appId } from '../../services/jenkins.ts';

/** Where Marathon runs a controller. */
export interface ControllerTask {
  readonly id: string;
  /** Id of the Mesos agent. */
  readonly agentId: string;
  readonly state: string;
  readonly host: Host | undefined;
}

const answerShape = z.object({
  app: z.object({
    tasks: z
      .array(
        z.object({
          id: z.string(),
          host: z.string().default(''),
          slaveId: z.string().nullish(),
          state: z.string().default('TASK_RUNNING'),
        }),
      )
      .default([]),
  }),
});

/** Undefined where Marathon does not tell. */
export async function tasksOf(
  sight: Sight,
  marathon: string | undefined,
  controller: JenkinsController,
): Promise<readonly ControllerTask[] | undefined> {
  const place = placeOf(sight, marathon);
  if (place === undefined) return undefined;
  const request = { path: `/v2/apps${appId(controller)}`, port: sight.spec.marathon.port };
  const answer = await ask(place.remote, place.host, { method: 'GET', ...request });
  if (failed(answer) || answer.status !== 200) return undefined;
  const tasks = answerShape.safeParse(jsonOf(answer)).data?.app.tasks;
  return tasks?.map(({ id, host, slaveId, state }) => ({
    ...{ id, state, agentId: slaveId ?? '' },
    host: hostAt(sight.spec, host),
  }));
}

function hostAt(spec: ClusterSpec, address: string): Host | undefined {
  return spec.hosts.find((host) => host.address === address);
}

/** Ends one task; Marathon starts the next by itself. False if it did not take the order. */
export async function killTask(
  sight: Sight,
  marathon: string | undefined,
  { controller, task }: { readonly controller: JenkinsController; readonly task: ControllerTask },
): Promise<boolean> {
  const place = placeOf(sight, marathon);
  if (place === undefined) return false;
  const path = `/v2/apps${appId(controller)}/tasks/${encodeURIComponent(task.id)}?scale=false`;
  const port = sight.spec.marathon.port;
  const answer = await ask(place.remote, place.host, { method: 'DELETE', path, port });
  return !failed(answer) && answer.status === 200;
}
