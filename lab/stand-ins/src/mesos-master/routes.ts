import { empty, json, notFound, text, type Answer, type Request } from '../shared/http.ts';
import { buildFields } from '../shared/build.ts';
import { systemStatistics } from '../shared/system-metrics.ts';
import type { Guard } from './authentication.ts';
import { answerOld, files, oldEndpoints, toggleLogging } from './endpoints.ts';
import { logPath } from './log-group.ts';
import type { Master } from './master.ts';
import { operatorApi } from './operator-api.ts';
import { renderRegistry } from './render-registry.ts';
import { renderRoles, renderTasks } from './render-lists.ts';
import { renderFrameworks, renderSlaves, renderState, renderSummary } from './render-state.ts';
import type { MasterFacts } from './render-state.ts';
import type { Replica, ReplicaRequest } from './replica.ts';
import { schedulerApi } from './scheduler-api.ts';

export interface RoutesContext {
  readonly master: Master;
  readonly facts: () => MasterFacts;
  readonly metrics: () => Promise<Record<string, number>>;
  readonly replica: Replica | undefined;
  /** Asked before anything else, redirects included. */
  readonly guard: Guard;
  readonly firewall: (path: string) => Answer | undefined;
}

type Endpoint = (
  context: RoutesContext,
  request: Request,
) => Answer | Promise<Answer | undefined> | undefined;

/** Answered by every master, leading or not. */
const local: Readonly<Record<string, Endpoint>> = {
  '/': () => ({
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: '<!DOCTYPE html>\n<title>Mesos</title>\n',
  }),
  '/health': () => empty(200),
  '/version': () => json(buildFields),
  '/flags': ({ facts }) => json({ flags: facts().flags }),
  '/redirect': ({ master }) => redirect(master, ''),
  '/metrics/snapshot': async ({ metrics }) => json(await metrics()),
  '/system/stats.json': () => json(systemStatistics()),
  '/logging/toggle': ({ master }, request) => toggleLogging(master.core, request),
  '/files/debug': (_, request) => files(request),
  '/files/browse': (_, request) => files(request),
  '/files/read': (_, request) => files(request),
  '/files/download': (_, request) => files(request),
  '/registrar(1)/registry': ({ master }) =>
    json(master.recovered ? renderRegistry(master.core.registrar.registry) : {}),
  [logPath]: ({ replica }, request) => answerReplica(replica, request),
};

/** Answered by the leader only; the others point to it. */
const leading: Readonly<Record<string, Endpoint>> = {
  '/state': ({ master, facts }) => json(renderState(master.core, facts())),
  '/state-summary': ({ master, facts }) => json(renderSummary(master.core, facts())),
  '/slaves': ({ master }) => json(renderSlaves(master.core)),
  '/frameworks': ({ master }) => json(renderFrameworks(master.core)),
  '/tasks': ({ master }) => json(renderTasks(master.core)),
  '/roles': ({ master }) => json(renderRoles(master.core)),
  ...Object.fromEntries(
    Object.entries(oldEndpoints).map(([path, handlers]): [string, Endpoint] => [
      path,
      (context, request) => {
        const old = () => answerOld(context.master.core, request, handlers);
        // A registry that could not be read yet must not be written.
        return handlers[request.method] === undefined || request.method === 'GET'
          ? old()
          : afterRecovery(context, old);
      },
    ]),
  ),
  '/api/v1': (context, request) =>
    afterRecovery(context, () => {
      const { master, facts, metrics } = context;
      return operatorApi({ core: master.core, facts: facts(), metrics }, request);
    }),
  '/api/v1/scheduler': (context, request) =>
    afterRecovery(context, () => schedulerApi(context.master.core, request)),
};

/** All of a master's endpoints, with and without the `/master` prefix. */
export function answer(
  context: RoutesContext,
  request: Request,
): Answer | Promise<Answer | undefined> | undefined {
  const path = withoutPrefix(request.path);
  const endpoint = local[path] ?? leading[path];
  if (endpoint === undefined) return unknownPath(context.master, path);
  const refusal = context.firewall(request.path) ?? context.guard(path, request);
  if (refusal !== undefined) return refusal;
  if (local[path] === undefined && !context.master.elected) {
    return redirect(context.master, `/master${path}`);
  }
  return endpoint(context, { ...request, path });
}

/** What lies below `/redirect` fails like it as long as nobody leads (1.12.0). */
function unknownPath(master: Master, path: string): Answer {
  const isBelow = path.startsWith('/redirect/');
  return isBelow && master.leader === undefined ? redirect(master, '') : notFound;
}

function withoutPrefix(path: string): string {
  return path.startsWith('/master/') ? path.slice('/master'.length) : path;
}

/** Protocol-relative, to the host name that the leader published (1.12.0). */
function redirect({ leader }: Master, path: string): Answer {
  if (leader === undefined) return text('No leader elected', 503);
  return empty(307, { Location: `//${leader.hostname}:${leader.port}${path}` });
}

function afterRecovery<T>(context: RoutesContext, endpoint: () => T): T | Answer {
  if (!context.master.recovered) return text('Master has not finished recovery', 503);
  return endpoint();
}

function answerReplica(replica: Replica | undefined, request: Request): Answer {
  if (replica === undefined) return notFound;
  return json(replica.answer(JSON.parse(request.body.toString('utf8')) as ReplicaRequest));
}
