import { isDeepStrictEqual } from 'node:util';
import type { App, AppDefinition, VersionInfo } from '../app/app-schema.ts';
import type { ActionName } from './deployment.ts';

/** One wanted change of one app: the definition it shall have, `undefined` to remove it. */
export interface Change {
  readonly id: string;
  readonly action: ActionName;
  readonly app: App | undefined;
}

/** Another number of instances is scaling; any other difference needs new tasks. */
export function changeOf(
  before: App | undefined,
  after: AppDefinition,
  version: string,
): Change & { readonly app: App } {
  const action = actionOf(before, after);
  const versionInfo = versionInfoOf({ before, action, version });
  // `parseApp` fills in role and upgrade strategy, which the type of a definition leaves open.
  return { id: after.id, action, app: { ...after, version, versionInfo } as App };
}

function actionOf(before: App | undefined, after: AppDefinition): ActionName {
  if (before === undefined) return 'StartApplication';
  const same = isDeepStrictEqual(
    definitionOf({ ...before, instances: after.instances }),
    definitionOf(after),
  );
  return same ? 'ScaleApplication' : 'RestartApplication';
}

function versionInfoOf(change: {
  before: App | undefined;
  action: ActionName;
  version: string;
}): VersionInfo {
  const { before, action, version } = change;
  if (before === undefined || action !== 'ScaleApplication') {
    return { lastScalingAt: version, lastConfigChangeAt: version };
  }
  return { ...before.versionInfo, lastScalingAt: version };
}

/** Without what makes it a version, and without the fields that are undefined. */
function definitionOf(app: AppDefinition): unknown {
  return JSON.parse(JSON.stringify({ ...app, version: undefined, versionInfo: undefined }));
}
