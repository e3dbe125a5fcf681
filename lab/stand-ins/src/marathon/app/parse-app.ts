import type { z } from 'zod';
import { appSchema, type AppDefinition } from './app-schema.ts';
import { absoluteId, parentOf, resolveId } from './path-id.ts';
import { unsupported } from './refuse-app.ts';
import { faultsOf, isSingleInstance, type Fault } from './validate-app.ts';

export type Parsed =
  | { readonly kind: 'app'; readonly app: AppDefinition }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

/** `role`: the one that this Marathon subscribes with (`--mesos_role`). */
export function parseApp(input: unknown, role = '*'): Parsed {
  const result = appSchema.safeParse(input);
  if (!result.success) return { kind: 'faults', faults: result.error.issues.map(toFault) };
  const app = complete(result.data, role);
  const faults = [...faultsOf(app), ...unsupported(app, role)];
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'app', app };
}

export function usesHostNetwork(app: Pick<AppDefinition, 'networks'>): boolean {
  return app.networks.every(({ mode }) => mode === 'host');
}

/** `AppNormalization.scala`, Marathon 1.10. */
function complete(app: AppDefinition, role: string): AppDefinition {
  const id = absoluteId(app.id);
  const completed = {
    ...app,
    id,
    role: app.role ?? role,
    upgradeStrategy: upgradeStrategy(app),
    dependencies: app.dependencies.map((one) => resolveId(one, parentOf(id))),
    healthChecks: app.healthChecks.map(withPort),
  };
  if (!usesHostNetwork(app)) return withPortMappings(completed);
  return { ...completed, portDefinitions: app.portDefinitions ?? [defaultPort] };
}

const defaultPort = { port: 0, protocol: 'tcp' as const, name: 'default', labels: {} };
const defaultMapping = {
  containerPort: 0,
  hostPort: 0,
  servicePort: 0,
  protocol: 'tcp' as const,
  name: 'default',
  labels: {},
};

function withPortMappings(app: AppDefinition): AppDefinition {
  if (app.container === undefined) return app;
  const bridge = app.networks.some(({ mode }) => mode === 'container/bridge');
  const given = app.container.portMappings ?? (bridge ? [defaultMapping] : []);
  const portMappings = given.map((mapping) =>
    bridge ? { ...mapping, hostPort: mapping.hostPort ?? 0 } : mapping,
  );
  return { ...app, container: { ...app.container, portMappings } };
}

/** A single-instance app is replaced kill-first (`SchedulingValidation.scala`). */
function upgradeStrategy(app: AppDefinition): NonNullable<AppDefinition['upgradeStrategy']> {
  const fallback = isSingleInstance(app)
    ? { minimumHealthCapacity: 0, maximumOverCapacity: 0 }
    : { minimumHealthCapacity: 1, maximumOverCapacity: 1 };
  return app.upgradeStrategy ?? fallback;
}

function withPort(
  check: AppDefinition['healthChecks'][number],
): AppDefinition['healthChecks'][number] {
  const portless = check.port === undefined && check.portIndex === undefined;
  return portless && check.protocol !== 'COMMAND' ? { ...check, portIndex: 0 } : check;
}

function toFault(issue: z.core.$ZodIssue): Fault {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `(${part})` : `/${String(part)}`))
    .join('');
  return { path: path === '' ? '/' : path, errors: [issue.message] };
}
