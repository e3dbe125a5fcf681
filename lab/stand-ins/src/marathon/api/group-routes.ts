import { json, type Answer, type Request, type Route } from '../../shared/http.ts';
import { absoluteId } from '../app/path-id.ts';
import { ApiFault } from '../core/api-fault.ts';
import { appsBelow, groupEmbeds, groupView } from './group-view.ts';
import type { Leadership } from './leadership.ts';
import { accepted, boolean, parseBody } from './request-body.ts';
import { appView } from './views.ts';

/** `/v2/groups` and below. As in Marathon, the end of a path may be a question of its own. */
export function groupRoutes(leadership: Leadership): Route[] {
  const paths = ['/v2/groups', '/v2/groups/', '/v2/groups/*id'];
  return paths.flatMap((path) => [
    { method: 'GET', path, handle: (request) => show(leadership, request) },
    { method: 'POST', path, handle: (request) => create(leadership, request) },
    { method: 'PUT', path, handle: (request) => update(leadership, request) },
    { method: 'DELETE', path, handle: (request) => remove(leadership, request) },
  ]);
}

function show(leadership: Leadership, request: Request): Answer {
  const path = request.params['id'] ?? '';
  const embeds = groupEmbeds(request.query.getAll('embed'));
  const [, below, question] = /^(.*?)\/?(apps|versions)$/.exec(path) ?? [];
  const id = absoluteId(below ?? path);
  if (!leadership.groups.exists(id)) {
    throw new ApiFault(404, { message: `Group '${id}' does not exist` });
  }
  if (question === 'apps') {
    const apps = appsBelow(id, leadership);
    return json({ apps: apps.map((one) => appView(one, embeds.ofApps, leadership)) });
  }
  const view = groupView(id, embeds, leadership);
  return json(question === 'versions' ? [view['version']] : view);
}

async function create({ groups }: Leadership, request: Request): Promise<Answer> {
  const { id, version, deploymentId } = await groups.create(groupRequest(request));
  const answer = accepted(json({ version, deploymentId }, 201), deploymentId);
  return { ...answer, headers: { ...answer.headers, Location: `/v2/groups${id}` } };
}

async function update({ groups }: Leadership, request: Request): Promise<Answer> {
  if (boolean(request, 'dryRun', false)) {
    throw new ApiFault(501, { message: 'this stand-in of Marathon does no dry runs' });
  }
  const result = await groups.update(groupRequest(request));
  return accepted(json(result), result.deploymentId);
}

async function remove({ groups }: Leadership, request: Request): Promise<Answer> {
  const id = absoluteId(request.params['id'] ?? '');
  const result = await groups.remove(id, boolean(request, 'force', false));
  return accepted(json(result), result.deploymentId);
}

function groupRequest(request: Request): { id: string; body: unknown; force: boolean } {
  const id = absoluteId(request.params['id'] ?? '');
  return { id, body: parseBody(request), force: boolean(request, 'force', false) };
}
