export interface Settings {
  readonly home: string;
  /** `-1`: HTTP is off. */
  readonly httpPort: number;
  readonly httpListenAddress: string;
  /** Without the slash at the end; empty for the root. */
  readonly prefix: string;
  /** What the Java property says; -1: no agents by TCP, 0: any free port. */
  readonly agentPort: number | undefined;
  /** The property wins over the saved configuration. */
  readonly agentPortEnforced: boolean;
  /** Files or folders, in the order given. */
  readonly cascSources: readonly string[];
  readonly cascMergeStrategy: 'errorOnConflict' | 'override';
  readonly secretsFolder: string;
  /** What `jenkins-plugin-cli` would have installed. */
  readonly pluginList: string;
  /** `-Dname=value` of the Java options. */
  readonly property: (name: string) => string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const portProperty = 'jenkins.model.Jenkins.slaveAgentPort';

/** The rules of the official image's `jenkins.sh` (jenkinsci/docker, 2026) and of Winstone's options. */
export function readSettings(argv: readonly string[], env: Environment): Settings {
  const home = env['JENKINS_HOME'] ?? '/var/jenkins_home';
  return {
    home,
    ...winstone([...words(env['JENKINS_OPTS']), ...argv]),
    ...agents(env),
    ...casc(home, env),
    pluginList: `${env['REF'] ?? '/usr/share/jenkins/ref'}/plugins.txt`,
    property: (name) => property(env, name),
  };
}

function winstone(
  options: readonly string[],
): Pick<Settings, 'httpPort' | 'httpListenAddress' | 'prefix'> {
  return {
    httpPort: Number(valueOf(options, '--httpPort=') ?? 8080),
    httpListenAddress: valueOf(options, '--httpListenAddress=') ?? '0.0.0.0',
    prefix: (valueOf(options, '--prefix=') ?? '').replace(/\/+$/, ''),
  };
}

/** The variable is looked at only where the property is not given. */
function agents(env: Environment): Pick<Settings, 'agentPort' | 'agentPortEnforced'> {
  const port = property(env, portProperty) ?? env['JENKINS_SLAVE_AGENT_PORT'] ?? '';
  return {
    agentPort: port === '' ? undefined : Number(port),
    agentPortEnforced: property(env, `${portProperty}Enforce`) === 'true',
  };
}

function casc(
  home: string,
  env: Environment,
): Pick<Settings, 'cascSources' | 'cascMergeStrategy' | 'secretsFolder'> {
  const sources = property(env, 'casc.jenkins.config') ?? env['CASC_JENKINS_CONFIG'] ?? '';
  return {
    cascSources: sources === '' ? [`${home}/jenkins.yaml`] : sources.split(','),
    cascMergeStrategy: env['CASC_MERGE_STRATEGY'] === 'override' ? 'override' : 'errorOnConflict',
    secretsFolder: env['SECRETS'] ?? '/run/secrets',
  };
}

function property(env: Environment, name: string): string | undefined {
  const options = [...words(env['JAVA_OPTS']), ...words(env['JENKINS_JAVA_OPTS'])];
  return valueOf(options, `-D${name}=`);
}

/** The last one wins, as in Winstone and in Java. */
function valueOf(options: readonly string[], start: string): string | undefined {
  const found = options.filter((option) => option.startsWith(start)).at(-1);
  return found?.slice(start.length);
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
