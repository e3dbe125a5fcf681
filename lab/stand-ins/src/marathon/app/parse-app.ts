import type { z } from 'zod';
import { appSchema, type AppDefinition } from './app-schema.ts';

export interface Fault {
  readonly path: string;
  readonly errors: readonly string[];
}

export type Parsed =
  | { readonly kind: 'app'; readonly app: AppDefinition }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

const idPattern =
  '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$';
const idSegment = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** These would clash with the paths of the API (Marathon 1.8 and later). */
const reservedEndings = ['restart', 'tasks', 'versions'];

const singleInstanceLabel = 'MARATHON_SINGLE_INSTANCE_APP';

export function parseApp(input: unknown): Parsed {
  const result = appSchema.safeParse(input);
  if (!result.success) return { kind: 'faults', faults: result.error.issues.map(toFault) };
  const app = complete(result.data);
  const faults = rules.flatMap((rule) => rule(app));
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'app', app };
}

/** `jenkins` and `/jenkins` name the same app. */
export function absoluteId(id: string): string {
  return `/${id.replace(/^\/+|\/+$/g, '')}`;
}

export function isSingleInstance(app: Pick<AppDefinition, 'labels'>): boolean {
  return app.labels[singleInstanceLabel] === 'true';
}

export function usesHostNetwork(app: Pick<AppDefinition, 'networks'>): boolean {
  return app.networks.every(({ mode }) => mode === 'host');
}

function complete(app: AppDefinition): AppDefinition {
  const withId = { ...app, id: absoluteId(app.id), upgradeStrategy: upgradeStrategy(app) };
  if (!usesHostNetwork(app)) return withPortMappings(withId);
  return { ...withId, portDefinitions: app.portDefinitions ?? [defaultPort] };
}

const defaultPort = { port: 0, protocol: 'tcp' as const, name: 'default', labels: {} };

function withPortMappings(app: AppDefinition): AppDefinition {
  if (app.container === undefined) return app;
  const bridge = app.networks.some(({ mode }) => mode === 'container/bridge');
  const portMappings = (app.container.portMappings ?? []).map((mapping) =>
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

type Rule = (app: AppDefinition) => Fault[];

const rules: readonly Rule[] = [
  validId,
  somethingToRun,
  singleInstance,
  oneNetworkMode,
  uniquePorts,
  healthChecksFitTogether,
  portIndexExists,
];

function validId({ id }: AppDefinition): Fault[] {
  const segments = id.slice(1).split('/');
  if (!segments.every((segment) => idSegment.test(segment))) {
    return fault('/id', `must fully match regular expression '${idPattern}'`);
  }
  const last = segments.at(-1) ?? '';
  return reservedEndings.includes(last)
    ? fault(
        '/id',
        `must not end with any of the following reserved keywords: ${reservedEndings.join(', ')}`,
      )
    : [];
}

function somethingToRun(app: AppDefinition): Fault[] {
  if (app.cmd !== undefined && app.args !== undefined) {
    return fault('/', "AppDefinition must not contain both 'cmd' and 'args'.");
  }
  const runs = [app.cmd, app.args, app.container?.docker].some((part) => part !== undefined);
  return runs
    ? []
    : fault('/', "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.");
}

function singleInstance(app: AppDefinition): Fault[] {
  if (!isSingleInstance(app)) return [];
  const strategy = app.upgradeStrategy;
  return [
    ...(app.instances > 1
      ? fault('/instances', 'Single instance application must have at most one instance')
      : []),
    ...(strategy?.minimumHealthCapacity !== 0 || strategy.maximumOverCapacity !== 0
      ? fault(
          '/upgradeStrategy',
          'Single instance application must have minimumHealthCapacity and maximumOverCapacity 0',
        )
      : []),
  ];
}

function oneNetworkMode(app: AppDefinition): Fault[] {
  const modes = new Set(app.networks.map(({ mode }) => mode));
  if (modes.size > 1) return fault('/networks', 'Networks may only have one mode');
  if (modes.has('container/bridge') && app.container === undefined) {
    return fault('/container', 'must be defined for bridge networking');
  }
  return modes.has('host') && (app.container?.portMappings?.length ?? 0) > 0
    ? fault('/container/portMappings', 'must be empty for host networking')
    : [];
}

function uniquePorts({ portDefinitions = [] }: AppDefinition): Fault[] {
  const fixed = portDefinitions.map(({ port }) => port).filter((port) => port !== 0);
  return new Set(fixed).size < fixed.length
    ? fault('/portDefinitions', 'Ports must be unique.')
    : [];
}

function healthChecksFitTogether({ healthChecks }: AppDefinition): Fault[] {
  const byMarathon = healthChecks.filter(({ protocol }) => /^(HTTPS?|TCP)$/.test(protocol));
  return byMarathon.length > 0 && byMarathon.length < healthChecks.length
    ? fault('/healthChecks', 'Marathon and Mesos health checks cannot be used together')
    : [];
}

function portIndexExists(app: AppDefinition): Fault[] {
  const count = (app.portDefinitions ?? app.container?.portMappings ?? []).length;
  return app.healthChecks.flatMap(({ portIndex }, index) =>
    portIndex !== undefined && portIndex >= count
      ? fault(
          `/healthChecks(${index})/portIndex`,
          'Health check port indices must address an element of the ports array or container port mappings.',
        )
      : [],
  );
}

function fault(path: string, error: string): Fault[] {
  return [{ path, errors: [error] }];
}

function toFault(issue: z.core.$ZodIssue): Fault {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `(${part})` : `/${String(part)}`))
    .join('');
  return { path: path === '' ? '/' : path, errors: [issue.message] };
}
