import { json, type Answer, type Request, type Route } from '../../shared/http.ts';
import { absoluteId } from '../app/path-id.ts';
import { ApiFault, noSuchApp } from '../core/api-fault.ts';
import type { Instance } from '../core/instance.ts';
import type { Leadership } from './leadership.ts';
import { boolean, isObject, parseBody } from './request-body.ts';
import { taskView } from './views.ts';

export function taskRoutes(leadership: Leadership): Route[] {
  return [...allTasks(leadership), ...tasksOfOneApp(leadership)];
}

function allTasks(leadership: Leadership): Route[] {
  const { cluster } = leadership;
  return [
    {
      method: 'GET',
      path: '/v2/tasks',
      handle: (request) => list(leadership, cluster.instances().filter(statusFilter(request))),
    },
    {
      method: 'POST',
      path: '/v2/tasks/delete',
      handle: (request) => {
        const body = parseBody(request);
        const ids = isObject(body) && Array.isArray(body['ids']) ? body['ids'] : [];
        const doomed = cluster.instances().filter((one) => ids.includes(one.id));
        return kill(leadership, request, doomed);
      },
    },
  ];
}

function tasksOfOneApp(leadership: Leadership): Route[] {
  const tasksOf = (request: Request): Instance[] => {
    const id = absoluteId(request.params['id'] ?? '');
    if (leadership.cluster.app(id) === undefined) throw noSuchApp(id);
    return leadership.cluster.instances(id);
  };
  return [
    {
      method: 'GET',
      path: '/v2/apps/*id/tasks',
      handle: (request) => list(leadership, tasksOf(request)),
    },
    {
      method: 'DELETE',
      path: '/v2/apps/*id/tasks',
      handle: (request) => {
        const host = request.query.get('host');
        const doomed = tasksOf(request).filter((one) => host === null || one.host === host);
        return kill(leadership, request, doomed);
      },
    },
    {
      method: 'DELETE',
      path: '/v2/apps/*id/tasks/:taskId',
      handle: async (request) => {
        const taskId = request.params['taskId'] ?? '';
        const doomed = tasksOf(request).filter((one) => one.id === taskId);
        const [task] = doomed;
        if (task === undefined) {
          throw new ApiFault(404, { message: `Task '${taskId}' does not exist` });
        }
        const answer = await kill(leadership, request, doomed);
        return isScaling(request) ? answer : json({ task: taskView(task, leadership) });
      },
    },
  ];
}

function list(leadership: Leadership, instances: readonly Instance[]): Answer {
  return json({ tasks: instances.map((one) => taskView(one, leadership)) });
}

async function kill(
  leadership: Leadership,
  request: Request,
  doomed: readonly Instance[],
): Promise<Answer> {
  const shown = list(leadership, doomed);
  const accepted = await leadership.apps.killTasks(doomed, isScaling(request));
  return accepted === undefined ? shown : json(accepted);
}

function isScaling(request: Request): boolean {
  return boolean(request, 'scale', false);
}

function statusFilter({ query }: Request): (one: Instance) => boolean {
  const wanted = query.getAll('status').concat(query.getAll('status[]'));
  if (wanted.length === 0) return () => true;
  return ({ state }) => wanted.includes(state === 'TASK_RUNNING' ? 'running' : 'staging');
}
