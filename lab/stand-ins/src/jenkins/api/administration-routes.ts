import type { Answer, Request, Route } from '../../shared/http.ts';
import { CascError } from '../casc.ts';
import type { Controller } from '../controller.ts';
import { redirect } from './api.ts';
import { errorPage } from './pages.ts';

/** Restarting means ending: the image's ExitLifecycle leaves the start to its supervisor. */
export function administrationRoutes(controller: Controller): Route[] {
  const quietDown = (on: boolean) => (request: Request) => {
    controller.quietingDown = on;
    controller.quietDownReason = on ? (request.query.get('message') ?? undefined) : undefined;
    controller.scheduler.soon();
    return redirect(controller, '/');
  };
  const exit = () => {
    controller.quietingDown = true;
    controller.exit();
    return redirect(controller, '/');
  };
  const post = (path: string, handle: (request: Request) => Answer | Promise<Answer>): Route => ({
    method: 'POST',
    path,
    handle,
  });
  return [
    post('/quietDown', quietDown(true)),
    post('/cancelQuietDown', quietDown(false)),
    post('/exit', exit),
    post('/restart', exit),
    ...['/safeExit', '/safeRestart'].map((path) =>
      post(path, () => {
        exitWhenIdle(controller);
        return redirect(controller, '/');
      }),
    ),
    post('/configuration-as-code/reload', () => reload(controller)),
  ];
}

/** No new builds; those that run may end first. */
function exitWhenIdle(controller: Controller): void {
  controller.quietingDown = true;
  const look = () => {
    if (controller.builds.running().length === 0) controller.exit();
    else controller.clock.after(1000, look);
  };
  look();
}

async function reload(controller: Controller): Promise<Answer> {
  try {
    await controller.reload();
    return redirect(controller, '/configuration-as-code/');
  } catch (fault) {
    if (!(fault instanceof CascError)) throw fault;
    return errorPage(500, fault.message);
  }
}
