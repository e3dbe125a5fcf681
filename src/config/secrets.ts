import { ClusterError } from '../errors.ts';
import type { Argv } from '../ports.ts';
import { Secret } from '../secret.ts';
import type { ClusterSpec, JenkinsController } from './cluster-spec.ts';
import { unprintable } from './fault.ts';
import type { ParsedCluster, ParsedController, SecretReference } from './parsed-cluster.ts';

/** Where secrets may come from. */
export interface SecretWorld {
  readonly readFile: (path: string) => Promise<string>;
  /** Permission bits (`0o600`); undefined where the system has none. */
  readonly fileMode: (path: string) => Promise<number | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a program of the operator's machine in `folder`; with a deadline of its own. */
  readonly runCommand: (argv: Argv, folder: string) => Promise<CommandResult>;
}

interface CommandResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
}

/** Reads every secret; throws SECRET_UNREADABLE naming each reference that gives none. */
export async function resolveSecrets(
  parsed: ParsedCluster,
  world: SecretWorld,
): Promise<ClusterSpec> {
  const failures: ClusterError[] = [];
  const attempts = parsed.jenkins.map(async (controller) => {
    try {
      return [await resolveController(controller, world)];
    } catch (cause) {
      if (!(cause instanceof ClusterError)) throw cause;
      failures.push(cause);
      return [];
    }
  });
  const jenkins = (await Promise.all(attempts)).flat();
  const [first] = failures;
  if (first === undefined) return { ...parsed, jenkins };
  throw failures.length === 1 ? first : allUnreadable(failures);
}

async function resolveController(
  controller: ParsedController,
  world: SecretWorld,
): Promise<JenkinsController> {
  const entry = `jenkins.${controller.name}.admin.password`;
  const { user, password } = controller.admin;
  const secret = await readSecret(entry, password, world);
  return { ...controller, fragments: [], admin: { user, password: secret } };
}

function allUnreadable(failures: readonly ClusterError[]): ClusterError {
  const lines = failures.map(({ message, remedy }) => `${message}: ${remedy}`);
  const message = [`${String(failures.length)} secrets cannot be read`, ...lines].join('\n');
  return new ClusterError('SECRET_UNREADABLE', message, {
    remedy: 'Do what each line says.',
    parts: failures,
  });
}

/** Short enough to be guessed over the network otherwise; Marathon refuses shorter ones, too. */
const shortest = 8;

async function readSecret(
  entry: string,
  reference: SecretReference,
  world: SecretWorld,
): Promise<Secret> {
  const origin = originOf(reference);
  const refuse: Refuse = (why, remedy, cause) =>
    new ClusterError('SECRET_UNREADABLE', `${entry}: ${origin} ${why}`, { remedy, cause });
  const value = withoutNewline(await rawValue(reference, world, refuse));
  const flaw = flawOf(value);
  if (flaw !== undefined)
    throw refuse(flaw, `Put one line of at least ${String(shortest)} characters there.`);
  return new Secret(value, origin);
}

type Refuse = (why: string, remedy: string, cause?: unknown) => ClusterError;

/** Of a command only the program: its other words may be somebody's secret. */
function originOf(reference: SecretReference): string {
  switch (reference.kind) {
    case 'file':
      return `file ${reference.path}`;
    case 'env':
      return `environment variable ${reference.name}`;
    case 'command':
      return `command ${reference.argv[0]}`;
  }
}

function rawValue(reference: SecretReference, world: SecretWorld, refuse: Refuse): Promise<string> {
  switch (reference.kind) {
    case 'file':
      return fromFile(reference.path, world, refuse);
    case 'env':
      return fromEnv(reference.name, world, refuse);
    case 'command':
      return fromCommand(reference, world, refuse);
  }
}

/** Like ssh with its private keys: a file that others can read is no secret any more. */
async function fromFile(path: string, world: SecretWorld, refuse: Refuse): Promise<string> {
  const remedy = `Check that "${path}" exists and that you may read it.`;
  try {
    const mode = (await world.fileMode(path)) ?? 0;
    if ((mode & 0o077) === 0) return await world.readFile(path);
  } catch (cause) {
    throw refuse('cannot be read', remedy, cause);
  }
  throw refuse('can be read or changed by others', `Run "chmod 600 ${path}".`);
}

function fromEnv(name: string, world: SecretWorld, refuse: Refuse): Promise<string> {
  const value = Object.hasOwn(world.env, name) ? world.env[name] : undefined;
  if (value !== undefined) return Promise.resolve(value);
  return Promise.reject(refuse('is not set', `Set ${name} before you start ci-cluster.`));
}

/** What the command printed is kept out of the error: it may be the secret. */
async function fromCommand(
  { argv, folder }: Extract<SecretReference, { readonly kind: 'command' }>,
  world: SecretWorld,
  refuse: Refuse,
): Promise<string> {
  const remedy = `Run the command by hand in ${folder} and see what it says.`;
  let result: CommandResult;
  try {
    result = await world.runCommand(argv, folder);
  } catch (cause) {
    throw refuse('cannot be run', remedy, cause);
  }
  if (result.exitCode === 0) return result.stdout;
  const end =
    result.exitCode === undefined
      ? 'was killed'
      : `ended with exit code ${String(result.exitCode)}`;
  throw refuse(end, remedy);
}

function withoutNewline(value: string): string {
  return value.replace(/\r?\n$/, '');
}

function flawOf(value: string): string | undefined {
  if (value === '') return 'is empty';
  if (value.length < shortest) return `has fewer than ${String(shortest)} characters`;
  if (value.length > 4096) return 'has more than 4096 characters';
  return unprintable.test(value) ? 'has more than one line, or control characters' : undefined;
}
