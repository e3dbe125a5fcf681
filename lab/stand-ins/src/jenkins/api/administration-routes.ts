import type { Answer, Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';

/** Restarting means ending: the image's ExitLifecycle leaves the start to its supervisor. */
export function administrationRoutes(controller: Controller): Route[] {
  const home = (): Answer => ({
    status: 302,
    headers: { Location: `${controller.settings.prefix}/` },
  });
  const quietDown = (on: boolean) => () => {
    controller.quietingDown = on;
    return home();
  };
  const exit = () => {
    controller.quietingDown = true;
    controller.exit();
    return home();
  };
  return [
    { method: 'POST', path: '/quietDown', handle: quietDown(true) },
    { method: 'POST', path: '/cancelQuietDown', handle: quietDown(false) },
    ...['/safeExit', '/exit', '/safeRestart', '/restart'].map((path): Route => ({
      method: 'POST',
      path,
      handle: exit,
    })),
  ];
}
