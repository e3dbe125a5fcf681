import { json, router, text, type Handler, type Route } from '../../shared/http.ts';
import { absoluteId } from '../app/parse-app.ts';
import { ApiFault } from '../core/api-fault.ts';
import { appRoutes } from './app-routes.ts';
import { infoView } from './info-view.ts';
import type { Leadership } from './leadership.ts';
import { gauges, prometheusText } from './metrics-view.ts';
import { queueView } from './queue-view.ts';
import { boolean } from './request-body.ts';
import { taskRoutes } from './task-routes.ts';
import { allEmbeds, appView, deploymentView } from './views.ts';

/** Everything that only the leader answers; standbys forward it. */
export function leaderHandler(leadership: Leadership): Handler {
  const handle = router(
    [
      ...generalRoutes(leadership),
      ...deploymentRoutes(leadership),
      ...taskRoutes(leadership),
      ...appRoutes(leadership),
    ],
    () => json({ message: 'HTTP 404 Not Found' }, 404),
  );
  return async (request) => {
    try {
      // Node leaves the body of an answer to HEAD away by itself.
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      return await handle({ ...request, method });
    } catch (error) {
      if (error instanceof ApiFault) return json(error.body, error.status);
      throw error;
    }
  };
}

function generalRoutes(leadership: Leadership): Route[] {
  const { self, abdicate, events, world } = leadership;
  const metrics = () => gauges(leadership);
  return [
    { method: 'GET', path: '/ping', handle: () => text('pong') },
    { method: 'GET', path: '/v2/info', handle: () => json(infoView(leadership)) },
    { method: 'GET', path: '/v2/leader', handle: () => json({ leader: self }) },
    {
      method: 'DELETE',
      path: '/v2/leader',
      handle: () => {
        abdicate();
        return json({ message: 'Leadership abdicated' });
      },
    },
    {
      method: 'GET',
      path: '/v2/events',
      handle: (request) => {
        events.attach(request);
        return undefined;
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: () => json({ version: '4.0.0', gauges: metrics() }),
    },
    ...(world.options.metricsPrometheus
      ? [
          {
            method: 'GET',
            path: '/metrics/prometheus',
            handle: () => text(prometheusText(metrics())),
          },
        ]
      : []),
    { method: 'GET', path: '/v2/groups', handle: () => json(groupView(leadership)) },
  ];
}

function deploymentRoutes({ cluster, apps, orchestrator, world }: Leadership): Route[] {
  return [
    {
      method: 'GET',
      path: '/v2/deployments',
      handle: () => json(cluster.deployments().map(deploymentView)),
    },
    {
      method: 'DELETE',
      path: '/v2/deployments/:id',
      handle: async (request) => {
        const id = request.params['id'] ?? '';
        const deployment = cluster.deployment(id);
        if (deployment === undefined) {
          throw new ApiFault(404, { message: `DeploymentPlan ${id} does not exist` });
        }
        const result = await apps.cancel(deployment, boolean(request, 'force', false));
        return result === undefined ? { status: 202 } : json(result);
      },
    },
    {
      method: 'GET',
      path: '/v2/queue',
      handle: () => {
        const queue = orchestrator.queue.entries();
        return json({
          queue: queue.map((one) => queueView(one, orchestrator.backOff, world.now())),
        });
      },
    },
    {
      method: 'DELETE',
      path: '/v2/queue/*id/delay',
      handle: ({ params }) => {
        const id = absoluteId(params['id'] ?? '');
        const entry = orchestrator.queue.entries().find(({ app }) => app.id === id);
        if (entry === undefined) {
          throw new ApiFault(404, { message: `Application ${id} not found in tasks queue.` });
        }
        orchestrator.backOff.reset(entry.app);
        orchestrator.converge();
        return { status: 204 };
      },
    },
  ];
}

/** All apps in the root group: groups of their own are not kept by this stand-in. */
function groupView(leadership: Leadership): Record<string, unknown> {
  return {
    id: '/',
    apps: leadership.cluster.apps().map((one) => appView(one, allEmbeds, leadership)),
    pods: [],
    groups: [],
    dependencies: [],
    version: new Date(leadership.electedAt).toISOString(),
  };
}
