import type { Answer, Request, Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import type { BuildNode } from '../nodes.ts';
import { anonymous } from '../security.ts';
import { api, depthOf, redirect, rootOf } from './api.ts';
import { builtInView, computersView, nodeView } from './computer-view.ts';
import { errorPage } from './pages.ts';
import type { Sessions } from './session.ts';

const builtIn = ['(built-in)', '(master)'];

export function computerRoutes(controller: Controller, sessions: Sessions): Route[] {
  const { nodes } = controller;
  const showing = (request: Request) => ({
    root: rootOf(controller, request),
    depth: depthOf(request),
  });
  const ofNode = (use: (node: BuildNode, request: Request) => Answer) => (request: Request) => {
    const node = nodes.get(request.params['node'] ?? '');
    return node === undefined ? errorPage(404, 'Not Found') : use(node, request);
  };
  const post = (path: string, use: (node: BuildNode, request: Request) => Answer): Route => ({
    method: 'POST',
    path: `/computer/:node${path}`,
    handle: ofNode(use),
  });
  return [
    {
      method: 'GET',
      path: '/computer/api/json',
      handle: (request) => api(request, computersView(controller, showing(request))),
    },
    {
      method: 'GET',
      path: '/computer/:node/api/json',
      handle: (request) =>
        builtIn.includes(request.params['node'] ?? '')
          ? api(request, builtInView(controller))
          : ofNode((node) => api(request, nodeView(controller, node, showing(request))))(request),
    },
    post('/toggleOffline', ({ name, temporarilyOffline }, request) => {
      const message = request.query.get('offlineMessage') ?? '';
      const { name: user } = sessions.who(request) ?? anonymous;
      const reason = `Disconnected by ${user}${message === '' ? '' : ` : ${message}`}`;
      nodes.toggleOffline(name, temporarilyOffline ? '' : reason);
      return redirect(controller, `/computer/${encodeURIComponent(name)}/`);
    }),
    post('/doDisconnect', ({ name, agent }) => {
      agent?.close();
      return redirect(controller, `/computer/${encodeURIComponent(name)}/`);
    }),
    post('/doDelete', ({ name }) => {
      controller.removeNode(name);
      return redirect(controller, '/computer/');
    }),
  ];
}
