import type { Request, Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import type { LeftItem, QueueItem } from '../queue.ts';
import { isStuck, queueState, why, type QueueState } from '../scheduling/queue-state.ts';
import { api, rootOf } from './api.ts';
import { buildReference, causeAction, parametersAction } from './build-view.ts';
import { jobReference } from './job-view.ts';
import { errorPage } from './pages.ts';

type View = Record<string, unknown>;

const classes: Readonly<Record<QueueState, string>> = {
  waiting: 'hudson.model.Queue$WaitingItem',
  blocked: 'hudson.model.Queue$BlockedItem',
  buildable: 'hudson.model.Queue$BuildableItem',
};

export function queueRoutes(controller: Controller): Route[] {
  const { queue, clock } = controller;
  return [
    {
      method: 'GET',
      path: '/queue/api/json',
      handle: (request) =>
        api(request, {
          _class: 'hudson.model.Queue',
          discoverableItems: [],
          items: queue
            .items()
            .map((item) => waitingView(controller, item, request))
            // Core shows what came last first.
            .reverse(),
        }),
    },
    {
      method: 'GET',
      path: '/queue/item/:id/api/json',
      handle: (request) => {
        const view = itemView(controller, Number(request.params['id']), request);
        return view === undefined ? errorPage(404, 'Not Found') : api(request, view);
      },
    },
    {
      method: 'POST',
      path: '/queue/cancelItem',
      handle: ({ query }) => {
        const known = queue.cancel(Number(query.get('id')), clock.now());
        return { status: known ? 204 : 404 };
      },
    },
  ];
}

function itemView(controller: Controller, id: number, request: Request): View | undefined {
  const { queue, clock } = controller;
  const waiting = queue.get(id);
  if (waiting !== undefined) return waitingView(controller, waiting, request);
  const left = queue.left(id, clock.now());
  return left === undefined ? undefined : leftView(controller, left, request);
}

function waitingView(controller: Controller, item: QueueItem, request: Request): View {
  const situation = controller.scheduler.situation(item);
  const state = queueState(situation);
  return {
    ...commonView(controller, item, request),
    _class: classes[state],
    blocked: state === 'blocked',
    buildable: state === 'buildable',
    stuck: state === 'buildable' && isStuck(situation),
    why: why(situation),
    ...(state === 'waiting' ? { timestamp: item.dueAt } : {}),
    ...(state === 'buildable' ? { buildableStartMilliseconds: item.dueAt, pending: false } : {}),
  };
}

function leftView(controller: Controller, item: LeftItem, request: Request): View {
  const build = item.build === undefined ? undefined : controller.builds.get(item.job, item.build);
  return {
    ...commonView(controller, item, request),
    _class: 'hudson.model.Queue$LeftItem',
    ...{ blocked: false, buildable: false, stuck: false, why: null },
    cancelled: item.cancelled,
    executable: build === undefined ? null : buildReference(rootOf(controller, request), build),
  };
}

function commonView(controller: Controller, item: QueueItem, request: Request): View {
  const job = controller.jobs.get(item.job);
  return {
    actions: [...parametersAction(item.parameters), causeAction(item.user)],
    id: item.id,
    inQueueSince: item.inQueueSince,
    params: Object.entries(item.parameters)
      .map(([name, value]) => `\n${name}=${value}`)
      .join(''),
    task:
      job === undefined
        ? { name: item.job }
        : jobReference(controller, rootOf(controller, request), job),
    url: `queue/item/${item.id}/`,
  };
}
