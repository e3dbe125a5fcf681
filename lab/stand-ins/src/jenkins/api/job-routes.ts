import type { Answer, Request, Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import { isName, type Job } from '../jobs.ts';
import { isWellFormed } from '../xml.ts';
import { errorPage } from './pages.ts';
import { api, colorOf, jobUrl } from './view-routes.ts';

export function jobRoutes(controller: Controller): Route[] {
  const ofJob = (use: (job: Job, request: Request) => Answer) => (request: Request) => {
    const job = controller.jobs.get(request.params['job'] ?? '');
    return job === undefined ? errorPage(404, 'Not Found') : use(job, request);
  };
  const build = ofJob((job, request) => enqueue(controller, job, request));
  return [
    { method: 'POST', path: '/createItem', handle: (request) => create(controller, request) },
    {
      method: 'GET',
      path: '/job/:job/api/json',
      handle: ofJob((job, request) => api(request, jobView(controller, job, request))),
    },
    {
      method: 'GET',
      path: '/job/:job/config.xml',
      handle: ofJob(({ config }) => xml(config)),
    },
    {
      method: 'POST',
      path: '/job/:job/config.xml',
      handle: ofJob(({ name }, request) => save(controller, name, request)),
    },
    { method: 'POST', path: '/job/:job/build', handle: build },
    { method: 'POST', path: '/job/:job/buildWithParameters', handle: build },
    {
      method: 'POST',
      path: '/job/:job/doDelete',
      handle: ofJob(({ name }) => {
        controller.queue.removeJob(name);
        controller.jobs.remove(name);
        return { status: 302, headers: { Location: `${controller.settings.prefix}/` } };
      }),
    },
  ];
}

function create(controller: Controller, request: Request): Answer {
  const name = request.query.get('name') ?? '';
  if (name === '') return refused('Query parameter "name" is required');
  if (!isName(name)) return refused(`‘${name}’ is not a valid name`);
  if (controller.jobs.get(name) !== undefined) {
    return refused(`A job already exists with the name ‘${name}’`);
  }
  const type = request.headers['content-type'];
  if (type === undefined) return refused('No Content-Type header set');
  if (!/^(application|text)\/xml/.test(type)) {
    return errorPage(400, `Don't understand content type ${type}`);
  }
  return save(controller, name, request);
}

function save(controller: Controller, name: string, request: Request): Answer {
  const config = request.body.toString('utf8');
  if (!isWellFormed(config)) return errorPage(500, 'Failed to parse the job definition');
  controller.jobs.save(name, config);
  return { status: 200 };
}

/** Core says the reason in a header too (`X-Error`), which clients without a browser read. */
function refused(message: string): Answer {
  const page = errorPage(400, message);
  return { ...page, headers: { ...page.headers, 'X-Error': encodeURI(message) } };
}

function enqueue(controller: Controller, job: Job, request: Request): Answer {
  if (job.disabled) return errorPage(409, `${job.name} is not buildable`);
  const form = new URLSearchParams(request.body.toString('utf8'));
  const parameters = Object.fromEntries([...request.query, ...form]);
  const { delay, ...rest } = parameters;
  const item = controller.queue.add({
    job: job.name,
    label: job.label,
    inQueueSince: controller.now(),
    cause: 'Started by remote request',
    parameters: delay === undefined ? parameters : rest,
  });
  const Location = `${controller.url(request.headers.host)}queue/item/${item.id}/`;
  return { status: 201, headers: { Location } };
}

function jobView(controller: Controller, job: Job, request: Request): Record<string, unknown> {
  const waiting = controller.queue.items().find((item) => item.job === job.name);
  return {
    _class: 'hudson.model.FreeStyleProject',
    actions: [],
    description: job.description,
    displayName: job.name,
    fullDisplayName: job.name,
    fullName: job.name,
    name: job.name,
    url: jobUrl(controller, request, job.name),
    buildable: !job.disabled,
    builds: [],
    color: colorOf(job),
    firstBuild: null,
    healthReport: [],
    inQueue: waiting !== undefined,
    keepDependencies: false,
    lastBuild: null,
    lastCompletedBuild: null,
    lastFailedBuild: null,
    lastStableBuild: null,
    lastSuccessfulBuild: null,
    nextBuildNumber: job.nextBuildNumber,
    property: [],
    queueItem: waiting === undefined ? null : { id: waiting.id, url: `queue/item/${waiting.id}/` },
    concurrentBuild: false,
    disabled: job.disabled,
    labelExpression: job.label ?? null,
  };
}

function xml(body: string): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/xml;charset=utf-8' }, body };
}
