import { empty, json, notFound, type Answer, type Request } from '../shared/http.ts';
import { CallError, expecting, readCall, type CallGrammar } from '../shared/mesos-call.ts';
import { renderContainers, renderState, type AgentView } from './render.ts';

export interface RoutesContext {
  readonly view: () => AgentView;
  readonly metrics: () => Promise<Record<string, number>>;
  readonly version: object;
}

type Endpoint = (context: RoutesContext, request: Request) => Answer | Promise<Answer>;

const endpoints: Readonly<Record<string, Endpoint>> = {
  '/health': () => empty(200),
  '/version': ({ version }) => json(version),
  '/flags': ({ view }) => json({ flags: view().flags }),
  '/state': ({ view }) => json(renderState(view())),
  '/containers': ({ view }) => json(renderContainers(view().tasks)),
  '/metrics/snapshot': async ({ metrics }) => json(await metrics()),
  '/api/v1': (context, request) => api(context, request),
};

const prefix = '/slave(1)';

export function answer(context: RoutesContext, request: Request): Answer | Promise<Answer> {
  const { path } = request;
  const endpoint = endpoints[path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path];
  return endpoint === undefined ? notFound : endpoint(context, request);
}

const reads: Readonly<Record<string, (context: RoutesContext) => object>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_VERSION: ({ version }) => ({ version_info: version }),
  GET_FLAGS: ({ view }) => ({
    flags: Object.entries(view().flags).map(([name, value]) => ({ name, value })),
  }),
  GET_AGENT: ({ view }) => ({ agent_info: view().agent.info }),
  GET_CONTAINERS: ({ view }) => ({ containers: renderContainers(view().tasks) }),
};

const grammar: CallGrammar = {
  name: 'agent::Call',
  types: new Set([...Object.keys(reads), 'GET_METRICS']),
  required: [],
};

async function api(context: RoutesContext, request: Request): Promise<Answer> {
  try {
    const call = readCall(request, grammar);
    const read = reads[call.type];
    if (read !== undefined) {
      return json({ type: call.type, [call.type.toLowerCase()]: read(context) });
    }
    if (call['get_metrics'] === undefined) throw expecting(grammar, 'get_metrics');
    const values = Object.entries(await context.metrics());
    const metrics = values.map(([name, value]) => ({ name, value }));
    return json({ type: 'GET_METRICS', get_metrics: { metrics } });
  } catch (fault) {
    if (fault instanceof CallError) return fault.answer;
    throw fault;
  }
}
