import { json, type Answer, type Request, type Route } from '../../shared/http.ts';
import { absoluteId } from '../app/path-id.ts';
import { ApiFault, noSuchApp } from '../core/api-fault.ts';
import type { Update } from '../core/app-service.ts';
import type { AppRecord } from '../core/cluster.ts';
import type { Leadership } from './leadership.ts';
import { allEmbeds, appView, type Embed } from './views.ts';
import { accepted, boolean, isObject, parseBody, type Body } from './request-body.ts';

/** `/v2/apps` and below, without the tasks. Longer paths first: `*id` takes slashes too. */
export function appRoutes(leadership: Leadership): Route[] {
  return [...creation(leadership), ...changes(leadership), ...reads(leadership)];
}

function reads(leadership: Leadership): Route[] {
  return [
    {
      method: 'GET',
      path: '/v2/apps',
      handle: (request) => {
        const embeds = embedsOf(request);
        const list = leadership.cluster.apps().filter(filterOf(request));
        return json({ apps: list.map((one) => appView(one, embeds, leadership)) });
      },
    },
    {
      method: 'GET',
      path: '/v2/apps/*id/versions',
      handle: (request) => {
        const { versions } = recordOf(leadership, request);
        return json({ versions: versions.map(({ version }) => version).reverse() });
      },
    },
    {
      method: 'GET',
      path: '/v2/apps/*id/versions/:version',
      handle: (request) => {
        const wanted = request.params['version'] ?? '';
        const { app, versions } = recordOf(leadership, request);
        const found = versions.find(({ version }) => version === wanted);
        if (found === undefined) throw noSuchApp(`${app.id}, version ${wanted}`);
        return json(found);
      },
    },
    {
      method: 'GET',
      path: '/v2/apps/*id',
      handle: (request) =>
        json({ app: appView(recordOf(leadership, request), allEmbeds, leadership) }),
    },
  ];
}

function creation(leadership: Leadership): Route[] {
  const { apps, cluster } = leadership;
  return [
    {
      method: 'POST',
      path: '/v2/apps',
      handle: async (request) => {
        const body = oneApp(parseBody(request));
        const { id, deploymentId } = await apps.create(body, isForced(request));
        announce(leadership, request, [id]);
        const record = cluster.app(id);
        const shown = record === undefined ? {} : appView(record, allEmbeds, leadership);
        return accepted(json(shown, 201), deploymentId);
      },
    },
    {
      method: 'PUT',
      path: '/v2/apps',
      handle: async (request) => {
        const list = parseBody(request);
        if (!Array.isArray(list)) throw new ApiFault(400, { message: 'Invalid JSON' });
        const updates = list.map((one) => updateOf(request, idIn(one), oneApp(one as Body)));
        const result = await apps.update(updates);
        announce(
          leadership,
          request,
          updates.map(({ id }) => id),
        );
        return accepted(json(result), result.deploymentId);
      },
    },
  ];
}

function changes(leadership: Leadership): Route[] {
  const { apps, cluster } = leadership;
  const change = async (request: Request): Promise<Answer> => {
    const id = idOf(request);
    const isNew = cluster.app(id) === undefined;
    if (isNew && request.method === 'PATCH') throw noSuchApp(id);
    const result = await apps.update([updateOf(request, id, oneApp(parseBody(request)))]);
    announce(leadership, request, [id]);
    return accepted(json(result, isNew ? 201 : 200), result.deploymentId);
  };
  return [
    { method: 'PUT', path: '/v2/apps/*id', handle: change },
    { method: 'PATCH', path: '/v2/apps/*id', handle: change },
    {
      method: 'POST',
      path: '/v2/apps/*id/restart',
      handle: async (request) => {
        const result = await apps.restart(idOf(request), isForced(request));
        return accepted(json(result), result.deploymentId);
      },
    },
    {
      method: 'DELETE',
      path: '/v2/apps/*id',
      handle: async (request) => {
        const result = await apps.remove(idOf(request), isForced(request));
        return accepted(json(result), result.deploymentId);
      },
    },
  ];
}

function announce({ cluster, world }: Leadership, request: Request, ids: readonly string[]): void {
  for (const id of ids) {
    world.publish('api_post_event', {
      clientIp: request.message.socket.remoteAddress ?? '',
      uri: request.path,
      appDefinition: cluster.app(id)?.app,
    });
  }
}

function recordOf({ cluster }: Leadership, request: Request): AppRecord {
  const id = idOf(request);
  const record = cluster.app(id);
  if (record === undefined) throw noSuchApp(id);
  return record;
}

function idOf({ params }: Request): string {
  return absoluteId(params['id'] ?? '');
}

function idIn(app: unknown): string {
  return isObject(app) && typeof app['id'] === 'string' ? app['id'] : '';
}

function isForced(request: Request): boolean {
  return boolean(request, 'force', false);
}

function updateOf(request: Request, id: string, change: Readonly<Record<string, unknown>>): Update {
  return {
    id: absoluteId(id),
    change,
    partial: request.method === 'PATCH' || boolean(request, 'partialUpdate', true),
    force: isForced(request),
  };
}

function oneApp(body: Body): Readonly<Record<string, unknown>> {
  if (isObject(body)) return body;
  throw new ApiFault(400, { message: 'Invalid JSON' });
}

function embedsOf({ query }: Request): Embed[] {
  const wanted = query.getAll('embed').map((one) => one.replace(/^apps?\./, ''));
  const embeds = [...allEmbeds, 'taskStats' as const].filter((one) => wanted.includes(one));
  // Embedding tasks or failures brings the counts and deployments along, as in older versions.
  return wanted.includes('failures')
    ? [...embeds, 'lastTaskFailure', 'counts', 'deployments']
    : embeds;
}

function filterOf({ query }: Request): (record: AppRecord) => boolean {
  const id = query.get('id') ?? '';
  const cmd = query.get('cmd') ?? '';
  const [label, value] = (query.get('label') ?? '').split('==');
  return ({ app }) =>
    app.id.includes(id) &&
    (app.cmd ?? '').includes(cmd) &&
    (label === undefined || label === '' || matchesLabel(app.labels[label], value));
}

function matchesLabel(actual: string | undefined, wanted: string | undefined): boolean {
  return actual !== undefined && (wanted === undefined || actual === wanted);
}
