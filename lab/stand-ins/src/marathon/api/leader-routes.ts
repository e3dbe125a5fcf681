import { json, router, text, type Handler, type Route } from '../../shared/http.ts';
import { absoluteId } from '../app/path-id.ts';
import { ApiFault } from '../core/api-fault.ts';
import { appRoutes } from './app-routes.ts';
import { infoView } from './info-view.ts';
import type { Leadership } from './leadership.ts';
import { groupRoutes } from './group-routes.ts';
import { loggingRoutes } from './logging-routes.ts';
import { metricsView, prometheusText } from './metrics-view.ts';
import { podRoutes } from './pod-routes.ts';
import { queueView } from './queue-view.ts';
import { boolean } from './request-body.ts';
import { taskRoutes } from './task-routes.ts';
import { deploymentView } from './views.ts';

/** Everything that only the leader answers; standbys forward it. */
export function leaderHandler(leadership: Leadership): Handler {
  const handle = router(
    [
      ...generalRoutes(leadership),
      ...deploymentRoutes(leadership),
      ...queueRoutes(leadership),
      ...taskRoutes(leadership),
      ...appRoutes(leadership),
      ...groupRoutes(leadership),
      ...podRoutes(),
      ...loggingRoutes(),
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
  return [
    { method: 'GET', path: '/ping', handle: () => text('pong') },
    { method: 'GET', path: '/v2/info', handle: () => json(infoView(leadership)) },
    { method: 'GET', path: '/v2/leader', handle: () => json({ leader: self }) },
    {
      method: 'DELETE',
      path: '/v2/leader',
      handle: ({ query }) => {
        if (query.has('backup') || query.has('restore')) {
          throw new ApiFault(501, {
            message: 'this stand-in of Marathon makes no backups and restores none',
          });
        }
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
      handle: () => json(metricsView(leadership)),
    },
    ...(world.options.metricsPrometheus
      ? [
          {
            method: 'GET',
            path: '/metrics/prometheus',
            handle: () => text(prometheusText(leadership)),
          },
        ]
      : []),
  ];
}

function deploymentRoutes(leadership: Leadership): Route[] {
  const { cluster, apps } = leadership;
  return [
    {
      method: 'GET',
      path: '/v2/deployments',
      handle: () => json(cluster.deployments().map((one) => deploymentView(one, leadership))),
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
  ];
}

function queueRoutes({ orchestrator, world }: Leadership): Route[] {
  return [
    {
      method: 'GET',
      path: '/v2/queue',
      handle: ({ query }) => {
        const withOffers = query.getAll('embed').includes('lastUnusedOffers');
        const view = { backOff: orchestrator.backOff, now: world.now(), withOffers };
        const queue = orchestrator.queue.entries();
        return json({ queue: queue.map((one) => queueView(one, view)) });
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
