import { text, type Answer, type Request, type Route } from '../../shared/http.ts';
import type { Build } from '../builds/build.ts';
import type { Controller } from '../controller.ts';
import { anonymous } from '../security.ts';
import { api, redirect, rootOf } from './api.ts';
import { buildView } from './build-view.ts';
import { permalinks } from './job-view.ts';
import { errorPage } from './pages.ts';
import type { Sessions } from './session.ts';

export function buildRoutes(controller: Controller, sessions: Sessions): Route[] {
  const { builds, builder } = controller;
  const route =
    (method: string) =>
    (path: string, use: (build: Build, request: Request) => Answer): Route => ({
      method,
      path: `/job/:job/:build${path}`,
      handle: (request) => {
        const build = findBuild(controller, request.params);
        return build === undefined ? errorPage(404, 'Not Found') : use(build, request);
      },
    });
  const get = route('GET');
  const post = route('POST');
  return [
    get('/api/json', (build, request) =>
      api(request, buildView(controller, rootOf(controller, request), build)),
    ),
    get('/consoleText', (build) => text(builds.log(build).toString('utf8'))),
    get('/logText/progressiveText', (build, request) => progressive(controller, build, request)),
    get('/artifact/*path', (build, { params }) =>
      artifact(controller, build, params['path'] ?? ''),
    ),
    post('/stop', ({ job, number }, request) => {
      builder.stop(job, number, (sessions.who(request) ?? anonymous).name);
      return redirect(controller, `/job/${encodeURIComponent(job)}/${number}/`);
    }),
    post('/doDelete', ({ job, number }) => {
      builder.stop(job, number, 'SYSTEM');
      builds.remove(job, number);
      return redirect(controller, `/job/${encodeURIComponent(job)}/`);
    }),
  ];
}

function findBuild({ builds, jobs }: Controller, params: Request['params']): Build | undefined {
  const { job = '', build = '' } = params;
  if (jobs.get(job) === undefined) return undefined;
  const permalink = permalinks[build];
  if (permalink !== undefined) return permalink(builds.of(job));
  return /^\d+$/.test(build) ? builds.get(job, Number(build)) : undefined;
}

/** A part of the log from `start`, and how to go on. */
function progressive({ builds }: Controller, build: Build, { query }: Request): Answer {
  const log = builds.log(build);
  const asked = Number(query.get('start') ?? 0);
  const start = asked >= 0 && asked <= log.length ? asked : 0;
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/plain;charset=utf-8',
      'X-Text-Size': String(log.length),
      ...(build.result === undefined ? { 'X-More-Data': 'true' } : {}),
    },
    body: log.subarray(start),
  };
}

function artifact({ builds }: Controller, build: Build, path: string): Answer {
  const body = builds.artifact(build, path);
  if (body === undefined) return errorPage(404, 'Not Found');
  return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body };
}
