import { router, type Answer, type Handler, type Request, type Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import { version } from '../core-version.ts';
import type { Who } from '../security.ts';
import { administrationRoutes } from './administration-routes.ts';
import { buildRoutes } from './build-routes.ts';
import { computerRoutes } from './computer-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { encryptedLaunchFileRoutes, launchFileRoutes } from './launch-file.ts';
import { pageRoutes } from './page-routes.ts';
import { errorPage, forbiddenPage, html, startingPage } from './pages.ts';
import { queueRoutes } from './queue-routes.ts';
import { userRoutes } from './user-routes.ts';
import { openRoutes, viewRoutes } from './view-routes.ts';
import { Sessions } from './session.ts';

/** Everything over HTTP, in the order in which real Jenkins decides. */
export function jenkinsHandler(controller: Controller): Handler {
  const { security, settings } = controller;
  const sessions = new Sessions(security);
  const open = router(
    [...openRoutes(controller, sessions), ...encryptedLaunchFileRoutes(controller)],
    () => undefined,
  );
  const routes = [
    ...pageRoutes(controller),
    ...viewRoutes(controller, sessions),
    ...queueRoutes(controller),
    ...computerRoutes(controller, sessions),
    ...launchFileRoutes(controller),
    ...jobRoutes(controller, sessions),
    ...buildRoutes(controller, sessions),
    ...userRoutes(controller, sessions),
    ...administrationRoutes(controller),
  ];
  const inside = router(
    routes,
    router(onlyByPost(routes), () => errorPage(404, 'Not Found')),
  );
  const guarded = async (request: Request): Promise<Answer | undefined> => {
    const who = sessions.who(request);
    if (who === undefined) return unauthorized();
    const answer = await open(request);
    if (answer !== undefined) return answer;
    if (!security.mayRead(who)) return forbidden(request, who);
    if (request.method !== 'POST') return inside(request);
    if (!security.mayChange(who)) return forbidden(request, who);
    return hasCrumb(request, who, sessions) ? inside(request) : noCrumb();
  };
  const hasCrumb = (request: Request, who: Who, known: Sessions): boolean => {
    if (!security.enabled || who.byToken === true) return true;
    const session = known.idOf(request);
    const given = request.headers['jenkins-crumb'];
    return session !== undefined && given === security.crumb(who, session);
  };
  return async (request) => {
    const path = withoutPrefix(request.path, settings.prefix);
    if (path === undefined) return { status: 404 };
    identify(request, controller);
    // Node leaves the body of an answer to HEAD away by itself.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    return controller.ready ? guarded({ ...request, method, path }) : startingPage();
  };
}

/** What a browser gets that follows a link to something that changes things. */
function onlyByPost(routes: readonly Route[]): Route[] {
  return routes
    .filter(({ method }) => method === 'POST')
    .map(({ path }) => ({
      method: 'GET',
      path,
      handle: () => errorPage(405, 'This URL requires POST'),
    }));
}

/** On every answer of Jenkins itself, errors included; their absence means another server. */
function identify({ response }: Request, { session }: Controller): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Hudson', '1.395');
  response.setHeader('X-Jenkins', version);
  response.setHeader('X-Jenkins-Session', session);
}

function withoutPrefix(path: string, prefix: string): string | undefined {
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

function unauthorized(): Answer {
  const page = html('Error 401 Unauthorized', '<p>Invalid password/token for user</p>', 401);
  return { ...page, headers: { ...page.headers, 'WWW-Authenticate': 'Basic realm="Jenkins"' } };
}

function forbidden({ path, response }: Request, who: Who): Answer {
  response.setHeader('X-You-Are-Authenticated-As', who.name);
  response.setHeader('X-Required-Permission', 'hudson.model.Hudson.Read');
  return forbiddenPage(path);
}

function noCrumb(): Answer {
  return errorPage(403, 'No valid crumb was included in the request');
}
