import type { Answer, Request, Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import { encodeEntities } from '../xml.ts';
import { errorPage, html } from './pages.ts';

/** Pages at which POSTs end: clients follow their redirects, and a person finds the way by links. */
export function pageRoutes(controller: Controller): Route[] {
  const { jobs, builds, nodes } = controller;
  const page = (path: string, handle: (params: Request['params']) => Answer): Route => ({
    method: 'GET',
    path,
    handle: ({ params }) => handle(params),
  });
  return [
    page('/', () => list('Dashboard - Jenkins', ['computer/', ...jobs.all().map(jobLink)])),
    page('/job/:job/', ({ job = '' }) =>
      jobs.get(job) === undefined
        ? errorPage(404, 'Not Found')
        : list(job, [...builds.of(job).map(({ number }) => `${number}/`), 'config.xml']),
    ),
    page('/job/:job/:build/', ({ job = '', build = '' }) =>
      builds.get(job, Number(build)) === undefined
        ? errorPage(404, 'Not Found')
        : list(`${job} #${build}`, ['consoleText', 'api/json']),
    ),
    page('/computer/', () =>
      list(
        'Nodes',
        nodes.list().map(({ name }) => `${name}/`),
      ),
    ),
    page('/computer/:node/', ({ node = '' }) =>
      nodes.get(node) === undefined ? errorPage(404, 'Not Found') : list(node, ['api/json']),
    ),
    page('/configuration-as-code/', () => html('Configuration as Code', '')),
  ];
}

function jobLink({ name }: { readonly name: string }): string {
  return `job/${encodeURIComponent(name)}/`;
}

function list(title: string, links: readonly string[]): Answer {
  const items = links.map((link) => {
    const text = encodeEntities(link);
    return `<li><a href="${text}">${text}</a></li>`;
  });
  return html(title, `<ul>${items.join('')}</ul>`);
}
