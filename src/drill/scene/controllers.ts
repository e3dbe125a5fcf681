import { z } from 'zod';
import type { ClusterSpec, JenkinsController } from '../../config/cluster-spec.ts';
import { ask, failed, jsonOf, placeOf, type Sight } from '../../health/sight.ts';
import { appId } from '../../services/jenkins.ts';
import type { TaskContainer } from './containers-of-tasks.ts';
import type { BuildAgentPlace, ControllerPlace } from './scene.ts';

const appAnswer = z.object({
  app: z.object({
    backoffSeconds: z.number().default(1),
    tasks: z
      .array(z.object({ id: z.string(), host: z.string(), state: z.string().optional() }))
      .default([]),
    healthChecks: z
      .array(
        z.object({
          gracePeriodSeconds: z.number().default(300),
          intervalSeconds: z.number().default(60),
        }),
      )
      .default([]),
  }),
});

type App = z.output<typeof appAnswer>['app'];

/** Where each controller runs, and by what its definition in Marathon says when it has to be back. */
export async function controllerPlaces(
  sight: Sight,
  marathonLeader: string | undefined,
  containers: readonly TaskContainer[],
): Promise<readonly ControllerPlace[]> {
  return await Promise.all(
    sight.spec.jenkins.map(async (controller) => {
      const app = await readDefinition(sight, marathonLeader, appId(controller));
      return placeIn(sight.spec, controller, { app, containers });
    }),
  );
}

async function readDefinition(
  sight: Sight,
  leader: string | undefined,
  id: string,
): Promise<App | undefined> {
  const place = placeOf(sight, leader);
  if (place === undefined) return undefined;
  const request = { method: 'GET', path: `/v2/apps${id}`, port: sight.spec.marathon.port } as const;
  const answer = await ask(place.remote, place.host, request);
  if (failed(answer) || answer.status !== 200) return undefined;
  return appAnswer.safeParse(jsonOf(answer)).data?.app;
}

interface Seen {
  readonly app: App | undefined;
  readonly containers: readonly TaskContainer[];
}

function placeIn(
  spec: ClusterSpec,
  controller: JenkinsController,
  { app, containers }: Seen,
): ControllerPlace {
  const running = app?.tasks.find(({ state = runs }) => state === runs);
  return {
    name: controller.name,
    app: appId(controller),
    host: spec.hosts.find(({ address }) => address === running?.host)?.name,
    task: running?.id,
    container: containers.find(({ task }) => task === running?.id)?.container,
    ...timesOf(app),
  };
}

const runs = 'TASK_RUNNING';

/** What Marathon takes where its answer does not say (1.10). */
const defaults = { backoffSeconds: 1, healthChecks: [] } as const;

function timesOf(
  app: App | undefined,
): Pick<ControllerPlace, 'backoffMs' | 'graceMs' | 'intervalMs'> {
  const { backoffSeconds, healthChecks } = app ?? defaults;
  const { gracePeriodSeconds: grace, intervalSeconds: interval } = healthChecks[0] ?? {
    ...{ gracePeriodSeconds: 300, intervalSeconds: 60 },
  };
  return { backoffMs: backoffSeconds * 1000, graceMs: grace * 1000, intervalMs: interval * 1000 };
}

/** Of the Mesos plugin, which gives its tasks the names of its nodes (2.0). */
export function buildAgentPlaces(
  { jenkins }: ClusterSpec,
  containers: readonly TaskContainer[],
): readonly BuildAgentPlace[] {
  return jenkins.flatMap(({ name: controller, framework }) =>
    containers
      .filter((one) => one.framework === framework.id)
      .map(({ host, task: node, container }) => ({ controller, node, host, container })),
  );
}
