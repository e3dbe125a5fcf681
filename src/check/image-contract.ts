import {
  failing,
  passed,
  skipped,
  warning,
  type CheckResult,
  type Finding,
} from './check-result.ts';

export const imageKinds = ['controller', 'build-agent', 'mesos-agent'] as const;
export type ImageKind = (typeof imageKinds)[number];

/** What `templates/check/image.sh` found; undefined where it got no answer. */
export interface ImageAnswers {
  readonly missing: string | undefined;
  readonly entrypoint: readonly string[];
  /** What came back when a whole command was given as one argument. */
  readonly oneArgument: string | undefined;
  readonly tools: readonly string[];
  /** First line of `java -version`. */
  readonly java: string | undefined;
  readonly core: string | undefined;
  /** Lines `id:version`. */
  readonly plugins: readonly string[] | undefined;
  readonly user: string | undefined;
  /** Least and newest version of the API that the host's Docker Engine speaks. */
  readonly hostApi: readonly [string, string] | undefined;
  readonly clientApi: string | undefined;
}

export interface Demands {
  readonly kind: ImageKind;
  /** Version of the Jenkins core that build agents connect to; undefined if not known. */
  readonly core: string | undefined;
  readonly plugins: Readonly<Record<string, string>>;
}

type Rule = readonly [
  id: string,
  title: string,
  judge: (answers: ImageAnswers, demands: Demands) => Finding,
];

const shell: Rule = ['IMAGE_ENTRYPOINT', 'a shell takes the command as one argument', judgeShell];
const java: Rule = ['IMAGE_JAVA', 'Java fits the Jenkins core', judgeJava];

const rules: Readonly<Record<ImageKind, readonly Rule[]>> = {
  controller: [
    ['IMAGE_USER', 'runs as uid 1000', judgeUser],
    ['IMAGE_START', 'has what the rendered start script calls', judgeStart],
    java,
    ['IMAGE_PLUGINS', 'brings the plugins of the cluster file', judgePlugins],
  ],
  'build-agent': [shell, java, ['IMAGE_GIT', 'has git', judgeGit]],
  'mesos-agent': [['IMAGE_DOCKER_API', 'its Docker client suits the host', judgeDocker]],
};

/** Everything that the image must be for its part, as far as it can be seen from outside. */
export function imageContract(
  image: string,
  answers: ImageAnswers,
  demands: Demands,
): readonly CheckResult[] {
  if (answers.missing !== undefined) {
    const remedy = `Check that "docker pull ${image}" works on the host.`;
    const finding = failing(`cannot be pulled: ${answers.missing}`, remedy);
    return [{ id: 'IMAGE_PULL', title: 'can be pulled', host: undefined, ...finding }];
  }
  return rules[demands.kind].map(([id, title, judge]) => ({
    ...{ id, title, host: undefined },
    ...judge(answers, demands),
  }));
}

function judgeShell({ oneArgument, entrypoint }: ImageAnswers): Finding {
  if (oneArgument?.trim() === 'one argument') return passed(`entry point ${shown(entrypoint)}`);
  return failing(
    `entry point ${shown(entrypoint)} does not run a command that comes as one argument`,
    'End its Dockerfile with ENTRYPOINT ["bash", "-c"], as images/build-agent does.',
  );
}

function shown(words: readonly string[]): string {
  return words.length === 0 ? '(none)' : JSON.stringify(words);
}

/** Least Java by core: 2.361 demands 11, 2.479.1 demands 17, 2.555 demands 21 (jenkins.io, 2026). */
const javaOfCore = [
  [[2, 555], 21],
  [[2, 479], 17],
  [[2, 361], 11],
  [[0, 0], 8],
] as const;

function leastJava(core: string): number {
  const [major = 0, minor = 0] = core.split('.').map(Number);
  const found = javaOfCore.find(([[a, b]]) => major > a || (major === a && minor >= b));
  return found?.[1] ?? 8;
}

function judgeJava(answers: ImageAnswers, demands: Demands): Finding {
  const version = /version "(?:1\.)?(\d+)/.exec(answers.java ?? '')?.[1];
  if (version === undefined) {
    return failing('no "java" on its PATH', 'Base the image on one with Java, as images/ shows.');
  }
  const core = answers.core ?? demands.core;
  if (core === undefined) {
    return skipped(`Java ${version}, but the core is not known`, 'Name it with --core VERSION.');
  }
  const least = leastJava(core);
  if (Number(version) >= least) return passed(`Java ${version}; core ${core} needs ${least}`);
  return failing(
    `Java ${version}, but core ${core} needs ${least}`,
    `Base the image on Java ${least}.`,
  );
}

function judgeGit({ tools }: ImageAnswers): Finding {
  if (tools.includes('git')) return passed('git is there');
  return warning('no git', 'Add git, or builds cannot check anything out.');
}

function judgeUser({ user }: ImageAnswers): Finding {
  if (user === '1000') return passed('uid 1000');
  return failing(
    `uid ${user ?? 'unknown'}; the home belongs to uid 1000`,
    'Set USER 1000 in its Dockerfile.',
  );
}

const startTools = ['flock', '/usr/bin/tini', '/usr/local/bin/jenkins.sh'];

function judgeStart({ tools }: ImageAnswers): Finding {
  const missing = startTools.filter((tool) => !tools.includes(tool));
  if (missing.length === 0) return passed(startTools.join(', '));
  return failing(`lacks ${missing.join(', ')}`, 'Base the image on jenkins/jenkins (Debian).');
}

function judgePlugins({ plugins }: ImageAnswers, demands: Demands): Finding {
  const wanted = Object.entries(demands.plugins);
  if (plugins === undefined) {
    return skipped(
      'it has no /usr/share/jenkins/ref/plugins.txt',
      'Make it as images/jenkins-controller does.',
    );
  }
  const missing = wanted
    .map(([id, version]) => `${id}:${version}`)
    .filter((pin) => !plugins.includes(pin));
  if (missing.length === 0) return passed(`${wanted.length} plugins, as pinned`);
  return failing(`lacks ${missing.join(', ')}`, 'Pin the same versions in image and cluster file.');
}

function judgeDocker({ tools, clientApi, hostApi }: ImageAnswers): Finding {
  if (!tools.includes('docker') || clientApi === undefined) {
    return failing(
      'no Docker client in it: the agent starts containers by running "docker"',
      'Take an image of the Mesos agent that brings the Docker client.',
    );
  }
  if (hostApi === undefined) return skipped('the host did not tell its API', 'Start Docker there.');
  const [least, newest] = hostApi;
  if (compare(clientApi, least) >= 0) {
    return passed(`client API ${clientApi}, host ${least} to ${newest}`);
  }
  return failing(
    `client API ${clientApi} is older than the host's least, ${least}`,
    `Take a newer image, or set DOCKER_MIN_API_VERSION=${clientApi} for the host's Docker.`,
  );
}

function compare(one: string, other: string): number {
  const [a = 0, b = 0] = one.split('.').map(Number);
  const [c = 0, d = 0] = other.split('.').map(Number);
  return a - c || b - d;
}
