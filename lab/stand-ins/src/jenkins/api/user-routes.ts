import type { Answer, Request, Route } from '../../shared/http.ts';
import { json } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import { anonymous } from '../security.ts';
import { api, rootOf } from './api.ts';
import { errorPage } from './pages.ts';
import type { Sessions } from './session.ts';

export function userRoutes(controller: Controller, sessions: Sessions): Route[] {
  const nameOf = (request: Request) => (sessions.who(request) ?? anonymous).name;
  const tokens = 'descriptorByName/jenkins.security.ApiTokenProperty/generateNewToken';
  const generate = (request: Request): Answer => {
    const name = request.params['user'] ?? nameOf(request);
    if (name !== nameOf(request)) return errorPage(403, 'Only for oneself');
    return newToken(controller, name, request);
  };
  return [
    {
      method: 'GET',
      path: '/me/api/json',
      handle: (request) => {
        const who = sessions.who(request) ?? anonymous;
        return who.anonymous
          ? errorPage(404, 'Not Found')
          : api(request, userView(rootOf(controller, request), who.name));
      },
    },
    {
      method: 'GET',
      path: '/user/:user/api/json',
      handle: (request) =>
        api(request, userView(rootOf(controller, request), request.params['user'] ?? '')),
    },
    { method: 'POST', path: `/user/:user/${tokens}`, handle: generate },
    { method: 'POST', path: `/me/${tokens}`, handle: generate },
  ];
}

function newToken({ tokens, clock }: Controller, user: string, request: Request): Answer {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const asked = request.query.get('newTokenName') ?? form.get('newTokenName') ?? '';
  const name = asked === '' ? `Token created on ${new Date(clock.now()).toISOString()}` : asked;
  const { uuid, value } = tokens.generate(user, name);
  return json({
    status: 'ok',
    data: { tokenName: name, tokenUuid: uuid, tokenValue: value },
  });
}

function userView(root: string, name: string): Record<string, unknown> {
  return {
    _class: 'hudson.model.User',
    absoluteUrl: `${root}user/${encodeURIComponent(name)}`,
    description: null,
    fullName: name,
    id: name,
    property: [],
  };
}
