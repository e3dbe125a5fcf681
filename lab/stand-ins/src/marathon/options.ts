import { optionKinds } from './option-names.ts';

export interface Options {
  readonly master: string;
  readonly zk: string;
  readonly hostname: string;
  /** Undefined: every address. */
  readonly httpAddress: string | undefined;
  readonly httpPort: number;
  /** `user:password` for Basic authentication on everything. */
  readonly httpCredentials: string | undefined;
  readonly httpRealm: string;
  readonly frameworkName: string;
  readonly failoverTimeoutSeconds: number;
  readonly checkpoint: boolean;
  readonly mesosRole: string;
  readonly acceptedRolesDefault: 'any' | 'unreserved' | 'reserved';
  readonly mesosUser: string;
  readonly webuiUrl: string | undefined;
  readonly taskLaunchTimeoutMs: number;
  readonly zkSessionTimeoutMs: number;
  readonly zkConnectionTimeoutMs: number;
  readonly zkTimeoutMs: number;
  readonly declineOfferMs: number;
  readonly minReviveOffersMs: number;
  readonly killRetryMs: number;
  readonly reconciliationInitialDelayMs: number;
  readonly reconciliationIntervalMs: number;
  readonly leaderProxyConnectionTimeoutMs: number;
  readonly leaderProxyReadTimeoutMs: number;
  readonly mesosHeartbeatMs: number;
  readonly mesosHeartbeatFailures: number;
  readonly localPortMin: number;
  readonly localPortMax: number;
  readonly maxRunningDeployments: number;
  readonly maxApps: number | undefined;
  readonly mesosAuthentication: MesosAuthentication | undefined;
  readonly taskReservationTimeoutMs: number;
  readonly zkMaxVersions: number;
  readonly httpsPort: number;
  readonly features: readonly string[];
  readonly suppressOffers: boolean;
  readonly metricsPrometheus: boolean;
}

/** `--mesos_authentication`: who this framework says it is. */
interface MesosAuthentication {
  readonly principal: string;
  readonly secret: string | undefined;
  readonly secretFile: string | undefined;
}

export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  readonly user: string;
}

/** The start is refused with exit code 112. */
export class BadOption extends Error {
  override readonly name = 'BadOption';
}

/** Values by option name; `true` for toggles. */
type Given = ReadonlyMap<string, string | true>;

/**
 * Real Marathon turns each MARATHON_ variable into an argument and puts it before the others
 * (`Main.scala`), so an unknown variable and an option given in both ways are both fatal.
 */
export function parseOptions({ argv, env, hostname, user }: Surroundings): Options {
  const given = parseArguments([...environmentArguments(env), ...argv]);
  const read = reader(given);
  const master = read.text('master');
  if (master === undefined) throw new BadOption("Required option 'master' not found");
  refuseBadAddress('zk', read.text('zk'));
  if (master.startsWith('zk:')) refuseBadAddress('master', master);
  return {
    ...settings(read),
    master,
    hostname: read.text('hostname') ?? hostname,
    mesosUser: read.text('mesos_user') ?? user,
    httpCredentials:
      read.text('http_credentials') ?? nonEmpty(env['MESOSPHERE_HTTP_CREDENTIALS'] ?? ''),
  };
}

/** `ZookeeperConf.scala` wants a path: without one all state would lie in the root. */
function refuseBadAddress(name: string, value: string | undefined): void {
  if (value === undefined || /^zk:\/\/[^/\s]+\/[^\s]+$/.test(value)) return;
  throw new BadOption(`Bad arguments for option '${name}': '${value}'`);
}

function settings(
  read: Reader,
): Omit<Options, 'master' | 'hostname' | 'mesosUser' | 'httpCredentials'> {
  return {
    zk: read.text('zk') ?? 'zk://localhost:2181/marathon',
    httpAddress: read.text('http_address'),
    httpPort: read.number('http_port', 8080),
    httpRealm: read.text('http_realm') ?? 'Mesosphere',
    frameworkName: read.text('framework_name') ?? 'marathon',
    failoverTimeoutSeconds: read.number('failover_timeout', 604_800),
    checkpoint: read.toggle('checkpoint', true),
    mesosRole: read.text('mesos_role') ?? '*',
    acceptedRolesDefault: rolesDefault(read),
    mesosAuthentication: mesosAuthentication(read),
    webuiUrl: read.text('webui_url'),
    taskLaunchTimeoutMs: read.number('task_launch_timeout', 300_000),
    zkSessionTimeoutMs: read.number('zk_session_timeout', 10_000),
    zkConnectionTimeoutMs: read.number('zk_connection_timeout', 10_000),
    zkTimeoutMs: read.number('zk_timeout', 10_000),
    declineOfferMs: read.number('decline_offer_duration', 120_000),
    minReviveOffersMs: read.number('min_revive_offers_interval', 5_000),
    killRetryMs: read.number('kill_retry_timeout', 30_000),
    reconciliationInitialDelayMs: read.number('reconciliation_initial_delay', 15_000),
    reconciliationIntervalMs: read.number('reconciliation_interval', 600_000),
    leaderProxyConnectionTimeoutMs: read.number('leader_proxy_connection_timeout', 5_000),
    leaderProxyReadTimeoutMs: read.number('leader_proxy_read_timeout', 10_000),
    mesosHeartbeatMs: read.number('mesos_heartbeat_interval', 15_000),
    mesosHeartbeatFailures: read.number('mesos_heartbeat_failure_threshold', 5),
    localPortMin: read.number('local_port_min', 10_000),
    localPortMax: read.number('local_port_max', 20_000),
    maxRunningDeployments: read.number('max_running_deployments', 100),
    maxApps: read.text('max_apps') === undefined ? undefined : read.number('max_apps', 0),
    taskReservationTimeoutMs: read.number('task_reservation_timeout', 20_000),
    zkMaxVersions: read.number('zk_max_versions', 50),
    httpsPort: read.number('https_port', 8443),
    features: (read.text('enable_features') ?? '').split(',').filter((name) => name !== ''),
    suppressOffers: read.toggle('suppress_offers', true),
    metricsPrometheus: read.toggle('metrics_prometheus', false),
  };
}

function rolesDefault(read: Reader): Options['acceptedRolesDefault'] {
  const name = 'accepted_resource_roles_default_behavior';
  const value = read.text(name) ?? 'any';
  if (value === 'any' || value === 'unreserved' || value === 'reserved') return value;
  throw new BadOption(`Bad arguments for option '${name}': '${value}'`);
}

/** Without a principal Marathon refuses to start (`MarathonConf.scala`). */
function mesosAuthentication(read: Reader): MesosAuthentication | undefined {
  if (!read.toggle('mesos_authentication', false)) return undefined;
  const principal = read.text('mesos_authentication_principal');
  if (principal === undefined) {
    throw new BadOption("Option 'mesos_authentication' needs 'mesos_authentication_principal'");
  }
  const secret = read.text('mesos_authentication_secret');
  return { principal, secret, secretFile: read.text('mesos_authentication_secret_file') };
}

/** `MARATHON_APP_…` is what Marathon gives its own tasks: left alone, so that one can run in another. */
function environmentArguments(env: Surroundings['env']): string[] {
  return Object.entries(env)
    .filter(([name]) => name.startsWith('MARATHON_') && !name.startsWith('MARATHON_APP_'))
    .flatMap(([name, value]) => {
      const flag = `--${name.slice('MARATHON_'.length).toLowerCase()}`;
      return value === undefined || value === '' ? [flag] : [flag, value];
    });
}

function parseArguments(argv: readonly string[]): Given {
  const given = new Map<string, string | true>();
  for (let i = 0; i < argv.length; i += 1) {
    const argument = argv[i] ?? '';
    if (!argument.startsWith('--')) throw new BadOption(`Excess arguments provided: '${argument}'`);
    const [name = '', ...inline] = argument.slice(2).split('=');
    const kind = optionKinds.get(name);
    if (kind === undefined) throw new BadOption(`Unknown option '${name}'`);
    if (given.has(name)) throw new BadOption(`Option '${name}' is given more than once`);
    if (kind === 'toggle') {
      given.set(name, true);
      continue;
    }
    const value = inline.length > 0 ? inline.join('=') : argv[(i += 1)];
    if (value === undefined) throw new BadOption(`Option '${name}' needs a value`);
    given.set(name, checked({ name, kind, value }));
  }
  return given;
}

function checked(option: { name: string; kind: 'text' | 'number'; value: string }): string {
  if (option.kind === 'number' && !/^-?\d+$/.test(option.value)) {
    throw new BadOption(`Bad arguments for option '${option.name}': '${option.value}'`);
  }
  return option.value;
}

interface Reader {
  readonly text: (name: string) => string | undefined;
  readonly number: (name: string, fallback: number) => number;
  readonly toggle: (name: string, fallback: boolean) => boolean;
}

function reader(given: Given): Reader {
  return {
    text: (name) => {
      const value = given.get(name);
      return value === true ? undefined : value;
    },
    number: (name, fallback) => Number(given.get(name) ?? fallback),
    toggle: (name, fallback) => {
      if (given.has(name)) return true;
      return given.has(`disable_${name}`) ? false : fallback;
    },
  };
}

function nonEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}
