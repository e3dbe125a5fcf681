import { constants } from 'node:fs';
import {
  access,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTemplates } from '../../src/adapters/files.ts';
import { localHost } from '../../src/adapters/local-host.ts';
import { quote } from '../../src/adapters/quote.ts';
import { identityFolder } from '../../src/cluster/identity.ts';
import type { HostStep } from '../../src/plan/step.ts';
import type { Argv, Input, Ran } from '../../src/ports.ts';
import { compileScript, type StageScript } from '../../src/run/script.ts';
import { parseStepLine, type StepLine } from '../../src/run/step-lines.ts';

const templates = await loadTemplates(new URL('../../templates/', import.meta.url));
export const stubs = fileURLToPath(new URL('../fixtures/stubs', import.meta.url));

/** What the remote scripts may use besides the stubs. */
const tools = [
  ...['base64', 'cat', 'chmod', 'chown', 'cmp', 'cp', 'date', 'df', 'dirname', 'du', 'env'],
  ...['getconf', 'grep', 'head', 'ln', 'ls', 'mkdir', 'mktemp', 'mv', 'nice', 'rm', 'sh'],
  ...['sha256sum', 'sleep', 'stat', 'flock', 'perl'],
  ...['sync', 'tail', 'timeout', 'tr', 'true', 'uname', 'wc'],
];

const deadlineMs = 20_000;

/** The remote scripts run by the real `sh`, in a folder of their own and with stubs for the rest. */
export interface ShellHost extends AsyncDisposable {
  readonly folder: string;
  /** Runs steps as `init` does. */
  perform(steps: readonly HostStep[], options?: Performing): Promise<Performed>;
  /** What `compileScript` makes of the steps, with paths of the system led into the folder. */
  compile(steps: readonly HostStep[]): StageScript;
  /** Any command with any input in the same surroundings. */
  run(argv: Argv, input: Input): Promise<Ran>;
  /** In another environment, if one is given. */
  facts(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** Takes tools away. They are links to those of this machine: never write to them. */
  without(...tools: readonly string[]): Promise<void>;
  /** Writes what a stub reads. */
  set(name: string, text?: string): Promise<void>;
  /** A file below the folder; undefined if there is none. */
  read(path: string): Promise<string | undefined>;
  /** Calls of the stubs, a line each, words ended by `|`. */
  calls(): Promise<readonly string[]>;
  /** What is left in the folders for temporary things. */
  leftovers(): Promise<readonly string[]>;
  /** Environment that leads to the stubs. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Performing {
  readonly signal?: AbortSignal;
  readonly onLine?: (line: StepLine) => void;
  /** Other environment; `PATH` leads to the stubs if it is not given. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the one of the steps; what it prints besides is no line of a step. */
  readonly within?: Argv;
}

export interface Performed {
  readonly ran: Ran;
  /** `0 changed`, `1 failed IMAGE_MISSING`; without the starts. */
  readonly results: readonly string[];
  readonly evidence: readonly string[];
}

/** With `shell` (a path) as its /bin/sh, if it is not this machine's. */
export async function shellHost(shell?: string): Promise<ShellHost> {
  const folder = await mkdtemp(join(tmpdir(), 'ci-cluster-test-'));
  for (const name of ['run', 'tmp', 'stub', 'tools', 'etc', 'stub/containers']) {
    await mkdir(join(folder, name));
  }
  for (const tool of tools) await symlink(await pathOf(tool), join(folder, 'tools', tool));
  if (shell !== undefined) {
    await rm(join(folder, 'tools', 'sh'));
    await symlink(shell, join(folder, 'tools', 'sh'));
  }
  await copyFile('/etc/os-release', join(folder, 'os-release'));
  const stub = join(folder, 'stub');
  const env = {
    PATH: `${stubs}:${stub}:${join(folder, 'tools')}`,
    STUB: stub,
    TMPDIR: join(folder, 'tmp'),
  };
  const lead = (text: string) =>
    text
      .replaceAll('/run/ci-cluster.', `${folder}/run/ci-cluster.`)
      .replaceAll('/run /dev/shm /tmp /var/tmp', `${folder}/run ${folder}/tmp`)
      .replaceAll('/etc/os-release', `${folder}/os-release`)
      .replaceAll(identityFolder, `${folder}/etc/ci-cluster`)
      .replaceAll('/etc/docker', `${folder}/etc/docker`)
      .replaceAll('PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin', ':')
      .replaceAll('tries=720', 'tries=3');
  const here = localHost('here', { politeStopMs: 10_000, drainMs: 2000 });
  const inside = ([program, ...words]: Argv, more: Performing['env'] = {}): Argv => {
    const settings = Object.entries({ ...env, ...more }).map(([name, value]) => `${name}=${value}`);
    return ['env', ...settings, program, ...words];
  };
  const compile = (steps: readonly HostStep[]) => led(steps, lead);
  return {
    folder,
    env,
    compile,
    run: (argv, input) => here.run(inside(argv), { input, deadlineMs }),
    facts: (args, more) => {
      const input = [lead(templates['remote/facts.sh'] ?? '')];
      return here.run(inside(['sh', '-s', '--', ...args], more), { input, deadlineMs });
    },
    perform: async (steps, { signal, onLine, env: more, within } = {}) => {
      const { argv, input } = compile(steps);
      const lines: StepLine[] = [];
      const take = (text: string) => {
        const line = parseStepLine(text);
        if (line === undefined && within !== undefined) return;
        if (line === undefined) throw new Error(`no line of a step: ${text}`);
        lines.push(line);
        onLine?.(line);
      };
      const command: Argv = within === undefined ? argv : [...within, ...argv];
      const ran = await here.run(inside(command, more), {
        input,
        deadlineMs,
        signal,
        onLine: take,
      });
      const ends = lines.filter(({ result }) => result !== 'started');
      const results = ends.map(({ step, result, code }) =>
        `${step} ${result} ${code ?? ''}`.trim(),
      );
      return { ran, results, evidence: ends.at(-1)?.evidence ?? [] };
    },
    without: async (...gone) => {
      for (const tool of gone) await rm(join(folder, 'tools', tool));
    },
    set: (name, text = '') => writeFile(join(stub, name), text),
    read: async (path) => await readFile(join(folder, path), 'utf8').catch(() => undefined),
    calls: async () => (await readFile(join(stub, 'calls'), 'utf8')).split('\n').slice(0, -1),
    leftovers: async () => [
      ...(await readdir(join(folder, 'run'))),
      ...(await readdir(join(folder, 'tmp'))),
    ],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Where a program of this machine is. */
async function pathOf(tool: string): Promise<string> {
  for (const place of ['/usr/bin', '/bin', '/usr/local/bin']) {
    const path = join(place, tool);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(`no ${tool} on this machine`);
}

function led(steps: readonly HostStep[], lead: (text: string) => string): StageScript {
  const library = templates['remote/stage.sh'] ?? '';
  const { argv, input } = compileScript(steps, library, quote);
  const [script, ...blobs] = input;
  const text = lead(String(script));
  const [sh, option, bootstrap, name] = argv;
  const size = String(Buffer.byteLength(text));
  return {
    argv: [sh, String(option), lead(String(bootstrap)), String(name), size],
    input: [text, ...blobs],
  };
}

/** `644 1000:1000` of a file or folder. */
export async function accessOf(path: string): Promise<string> {
  const { mode, uid, gid } = await stat(path);
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
}
