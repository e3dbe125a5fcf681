import type { Request, Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import { why, type QueueItem } from '../queue.ts';
import { errorPage } from './pages.ts';
import { api, colorOf, jobUrl } from './view-routes.ts';

export function queueRoutes(controller: Controller): Route[] {
  const { queue } = controller;
  return [
    {
      method: 'GET',
      path: '/queue/api/json',
      handle: (request) =>
        api(request, {
          _class: 'hudson.model.Queue',
          discoverableItems: [],
          items: queue.items().map((item) => itemView(controller, item, request)),
        }),
    },
    {
      method: 'GET',
      path: '/queue/item/:id/api/json',
      handle: (request) => {
        const item = queue.get(Number(request.params['id']));
        return item === undefined
          ? errorPage(404, 'Not Found')
          : api(request, itemView(controller, item, request));
      },
    },
    {
      method: 'POST',
      path: '/queue/cancelItem',
      handle: ({ query }) => {
        queue.remove(Number(query.get('id')));
        return { status: 204 };
      },
    },
  ];
}

function itemView(
  controller: Controller,
  item: QueueItem,
  request: Request,
): Record<string, unknown> {
  const job = controller.jobs.get(item.job);
  return {
    _class: 'hudson.model.Queue$BuildableItem',
    actions: [{ _class: 'hudson.model.CauseAction', causes: [{ shortDescription: item.cause }] }],
    blocked: false,
    buildable: true,
    id: item.id,
    inQueueSince: item.inQueueSince,
    params: Object.entries(item.parameters)
      .map(([name, value]) => `\n${name}=${value}`)
      .join(''),
    stuck: true,
    task: {
      _class: 'hudson.model.FreeStyleProject',
      name: item.job,
      url: jobUrl(controller, request, item.job),
      color: job === undefined ? 'notbuilt' : colorOf(job),
    },
    url: `queue/item/${item.id}/`,
    why: why(item, controller),
    buildableStartMilliseconds: item.inQueueSince,
    pending: false,
  };
}
