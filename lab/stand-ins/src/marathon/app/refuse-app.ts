import type { AppDefinition } from './app-schema.ts';
import { fault, type Fault } from './validate-app.ts';

/** What real Marathon can do and this stand-in cannot: refused, so that nobody takes silence for a yes. */
export function unsupported(app: AppDefinition, frameworkRole: string): Fault[] {
  return [...volumes(app), ...secrets(app), ...executor(app), ...role(app, frameworkRole)];
}

function volumes({ container }: AppDefinition): Fault[] {
  return (container?.volumes ?? []).flatMap(({ hostPath }, index) =>
    hostPath === undefined
      ? fault(
          `/container/volumes(${index})`,
          'this stand-in of Marathon mounts host paths only: no persistent, external or secret volumes',
        )
      : [],
  );
}

/** Real Marathon without a plugin refuses them too, with this text. */
function secrets({ env }: AppDefinition): Fault[] {
  return Object.entries(env).flatMap(([name, value]) =>
    typeof value === 'string'
      ? []
      : fault(
          `/env(${name})`,
          'Feature secrets is not enabled. Enable with --enable_features secrets)',
        ),
  );
}

function executor({ executor: name }: AppDefinition): Fault[] {
  return ['', '//cmd'].includes(name)
    ? []
    : fault('/executor', 'this stand-in of Marathon knows no executor but the command executor');
}

/** Real Marathon subscribes with every role its groups use (1.9+). */
function role({ role: wanted }: AppDefinition, frameworkRole: string): Fault[] {
  return wanted === undefined || wanted === frameworkRole
    ? []
    : fault('/role', `this stand-in of Marathon has one role only: ${frameworkRole}`);
}
