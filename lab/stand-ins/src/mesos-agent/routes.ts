import { empty, json, notFound, type Answer, type Request } from '../shared/http.ts';
import { systemMetrics } from '../shared/system-metrics.ts';
import { answerCall } from './api-v1.ts';
import { attachedFiles, fileAnswer } from './files.ts';
import { containers, monitorStatistics, type Sample } from './render-v1.ts';
import { renderState, type AgentView } from './render.ts';

export interface RoutesContext {
  readonly view: () => AgentView;
  readonly metrics: () => Promise<Record<string, number>>;
  /** What each running task uses, asked now. */
  readonly sample: () => Promise<Sample>;
  readonly version: object;
}

type Endpoint = (context: RoutesContext, request: Request) => Answer | Promise<Answer>;

const endpoints: Readonly<Record<string, Endpoint>> = {
  '/health': () => empty(200),
  '/version': ({ version }) => json(version),
  '/flags': ({ view }) => json({ flags: view().flags }),
  '/state': ({ view }) => json(renderState(view())),
  '/containers': async ({ sample }) => json(containers(await sample())),
  '/monitor/statistics': async ({ sample }) => json(monitorStatistics(await sample())),
  '/metrics/snapshot': async ({ metrics }) => json(await metrics()),
  '/system/stats.json': () => json(systemStats()),
  '/api/v1': (context, request) => answerCall(context, request),
};

const prefix = '/slave(1)';

export function answer(context: RoutesContext, request: Request): Answer | Promise<Answer> {
  const { path } = request;
  const bare = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
  const endpoint = endpoints[bare];
  if (endpoint !== undefined) return endpoint(context, request);
  return fileAnswer(attachedFiles(context.view().tasks), bare, request) ?? notFound;
}

/** The same gauges as the metrics, under older names. */
function systemStats(): object {
  const gauges = Object.entries(systemMetrics());
  return Object.fromEntries(
    gauges.map(([name, value]) => [
      name.replace('system/', '').replace(/^load_/, 'avg_load_'),
      value,
    ]),
  );
}
