import type { AppDefinition } from './app-schema.ts';
import { idPattern, isValidId } from './path-id.ts';

export interface Fault {
  readonly path: string;
  readonly errors: readonly string[];
}

/** These would clash with the paths of the API (Marathon 1.8 and later). */
const reservedEndings = ['restart', 'tasks', 'versions'];

const singleInstanceLabel = 'MARATHON_SINGLE_INSTANCE_APP';

export function isSingleInstance(app: Pick<AppDefinition, 'labels'>): boolean {
  return app.labels[singleInstanceLabel] === 'true';
}

/** What a schema cannot say (`AppValidation.scala` and `SchedulingValidation.scala`, Marathon 1.10). */
export function faultsOf(app: AppDefinition): Fault[] {
  return rules.flatMap((rule) => rule(app));
}

type Rule = (app: AppDefinition) => Fault[];

const rules: readonly Rule[] = [
  validId,
  somethingToRun,
  singleInstance,
  oneNetworkMode,
  namedNetworks,
  uniquePorts,
  portIndexExists,
  healthChecksFitTogether,
  healthCheckTargets,
  rolesFit,
];

function validId({ id }: AppDefinition): Fault[] {
  if (!isValidId(id)) return fault('/id', `must fully match regular expression '${idPattern}'`);
  const last = id.split('/').at(-1) ?? '';
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
  if (!runs) {
    return fault(
      '/',
      "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.",
    );
  }
  return app.container?.type === 'DOCKER' && app.container.docker === undefined
    ? fault('/container/docker', 'not defined')
    : [];
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

function namedNetworks({ networks }: AppDefinition): Fault[] {
  const nameless = networks.findIndex(
    ({ mode, name }) => mode === 'container' && name === undefined,
  );
  return nameless === -1 ? [] : fault(`/networks(${nameless})/name`, 'is a required field');
}

function uniquePorts({ portDefinitions = [] }: AppDefinition): Fault[] {
  const fixed = portDefinitions.map(({ port }) => port).filter((port) => port !== 0);
  const names = portDefinitions.map(({ name }) => name).filter((name) => name !== undefined);
  return [
    ...(isUnique(fixed) ? [] : fault('/portDefinitions', 'Ports must be unique.')),
    ...(isUnique(names) ? [] : fault('/portDefinitions', 'Port names must be unique.')),
  ];
}

function isUnique(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
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

function healthChecksFitTogether({ healthChecks }: AppDefinition): Fault[] {
  const byMarathon = healthChecks.filter(({ protocol }) => /^(HTTPS?|TCP)$/.test(protocol));
  if (byMarathon.length > 0 && byMarathon.length < healthChecks.length) {
    return fault('/healthChecks', 'Marathon and Mesos health checks cannot be used together');
  }
  return byMarathon.length === 0 && healthChecks.length > 1
    ? fault('/healthChecks', 'AppDefinition can contain at most one Mesos health check')
    : [];
}

function healthCheckTargets({ healthChecks }: AppDefinition): Fault[] {
  return healthChecks.flatMap(({ protocol, command, port, portIndex }, index) => {
    if ((protocol === 'COMMAND') !== (command !== undefined)) {
      return fault(`/healthChecks(${index})/command`, 'is required for COMMAND and only there');
    }
    return port !== undefined && portIndex !== undefined
      ? fault(`/healthChecks(${index})`, 'HealthCheck must specify either a port or a portIndex')
      : [];
  });
}

function rolesFit({ role = '*', acceptedResourceRoles = [] }: AppDefinition): Fault[] {
  return acceptedResourceRoles.every((one) => one === '*' || one === role)
    ? []
    : fault('/acceptedResourceRoles', `can only contain * and ${role}`);
}

export function fault(path: string, error: string): Fault[] {
  return [{ path, errors: [error] }];
}
