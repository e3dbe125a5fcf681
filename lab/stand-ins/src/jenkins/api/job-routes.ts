import type { Answer, Request, Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import { isName, type Job } from '../jobs.ts';
import { parseXml } from '../xml-tree.ts';
import { api, depthOf, redirect, rootOf } from './api.ts';
import { jobView } from './job-view.ts';
import { errorPage } from './pages.ts';
import { schedule } from './schedule.ts';
import type { Sessions } from './session.ts';

export function jobRoutes(controller: Controller, sessions: Sessions): Route[] {
  const ofJob = (use: (job: Job, request: Request) => Answer) => (request: Request) => {
    const job = controller.jobs.get(request.params['job'] ?? '');
    return job === undefined ? errorPage(404, 'Not Found') : use(job, request);
  };
  const post = (path: string, use: (job: Job, request: Request) => Answer): Route => ({
    method: 'POST',
    path: `/job/:job${path}`,
    handle: ofJob(use),
  });
  const get = (path: string, use: (job: Job, request: Request) => Answer): Route => ({
    ...post(path, use),
    method: 'GET',
  });
  return [
    { method: 'POST', path: '/createItem', handle: (request) => create(controller, request) },
    get('/api/json', (job, request) =>
      api(
        request,
        jobView(controller, job, { root: rootOf(controller, request), depth: depthOf(request) }),
      ),
    ),
    get('/config.xml', (job) => xml(job.xml)),
    post('/config.xml', ({ name }, request) =>
      save(controller, name, request.body.toString('utf8')),
    ),
    post('/build', (job, request) =>
      schedule(controller, sessions, { job, request, withParameters: false }),
    ),
    post('/buildWithParameters', (job, request) =>
      schedule(controller, sessions, { job, request, withParameters: true }),
    ),
    post('/disable', (job) => setDisabled(controller, job, true)),
    post('/enable', (job) => setDisabled(controller, job, false)),
    post('/doDelete', ({ name }) => remove(controller, name)),
  ];
}

function create(controller: Controller, request: Request): Answer {
  const name = request.query.get('name') ?? '';
  if (name === '') return refused('Query parameter "name" is required');
  if (!isName(name)) return refused(`‘${name}’ is not a valid name`);
  if (controller.jobs.get(name) !== undefined) {
    return refused(`A job already exists with the name ‘${name}’`);
  }
  if (request.query.get('mode') === 'copy') return copy(controller, name, request);
  const type = request.headers['content-type'];
  if (type === undefined) return refused('No Content-Type header set');
  if (!/^(application|text)\/xml/.test(type)) {
    return errorPage(400, `Don't understand content type ${type}`);
  }
  return save(controller, name, request.body.toString('utf8'));
}

function copy(controller: Controller, name: string, { query }: Request): Answer {
  const from = query.get('from') ?? '';
  const source = controller.jobs.get(from);
  if (source === undefined) return refused(`No such job: ${from}`);
  controller.jobs.save(name, source.xml);
  return redirect(controller, `/job/${encodeURIComponent(name)}/`);
}

function save(controller: Controller, name: string, config: string): Answer {
  if (parseXml(config) === undefined) return errorPage(500, 'Failed to parse the job definition');
  controller.jobs.save(name, config);
  controller.scheduler.soon();
  return { status: 200 };
}

function setDisabled(
  controller: Controller,
  { name, xml: before }: Job,
  disabled: boolean,
): Answer {
  const line = `<disabled>${String(disabled)}</disabled>`;
  const pattern = /<disabled>[^<]*<\/disabled>|<disabled\/>/;
  const after = pattern.test(before)
    ? before.replace(pattern, line)
    : before.replace(/<\/[\w.-]+>\s*$/, (end) => `  ${line}\n${end}`);
  controller.jobs.save(name, after);
  return redirect(controller, `/job/${encodeURIComponent(name)}/`);
}

function remove(controller: Controller, name: string): Answer {
  const { queue, builds, builder, jobs, clock } = controller;
  queue.cancelJob(name, clock.now());
  for (const { number } of builds.of(name)) builder.stop(name, number, 'SYSTEM');
  builds.forget(name);
  jobs.remove(name);
  return redirect(controller, '/');
}

/** Core says the reason in a header too (`X-Error`), which clients without a browser read. */
function refused(message: string): Answer {
  const page = errorPage(400, message);
  return { ...page, headers: { ...page.headers, 'X-Error': encodeURI(message) } };
}

function xml(body: string): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/xml;charset=utf-8' }, body };
}
