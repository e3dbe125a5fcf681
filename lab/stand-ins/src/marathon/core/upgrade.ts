import { appSchema, type App } from '../app/app-schema.ts';
import { parseApp } from '../app/parse-app.ts';
import type { AppRecord } from './cluster.ts';
import type { Action, Deployment } from './deployment.ts';

/** State that an older version left: a field that is newer than it gets its default. */
export function upgradedApp(record: AppRecord): AppRecord {
  return { ...record, app: upgraded(record.app), versions: record.versions.map(upgraded) };
}

export function upgradedDeployment(
  deployment: Deployment & { readonly actions?: readonly Action[] },
): Deployment {
  const { actions, ...rest } = deployment;
  return actions === undefined ? rest : { ...rest, steps: [actions], currentStep: 1 };
}

/** A definition that today's rules would refuse is kept as far as its shape allows. */
function upgraded(app: App): App {
  const { version, versionInfo, role } = app;
  const parsed = parseApp(app, role);
  if (parsed.kind === 'app') return { ...parsed.app, version, versionInfo } as App;
  const shaped = appSchema.safeParse(app);
  return shaped.success ? ({ role: '*', ...shaped.data, version, versionInfo } as App) : app;
}
