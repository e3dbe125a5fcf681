import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadTemplates } from '../../../src/adapters/files.ts';
import { createConnector } from '../../../src/adapters/ssh.ts';
import { ClusterError } from '../../../src/errors.ts';
import type { Facts } from '../../../src/plan/facts.ts';
import type { Argv, RemoteHost } from '../../../src/ports.ts';
import { readFacts } from '../../../src/run/observe.ts';
import { parseStepLine } from '../../../src/run/step-lines.ts';
import { specOf } from '../../support/cluster-file.ts';
import { loginShells, requireShell } from '../../support/login-shells.ts';
import { shellHost, type ShellHost } from '../../support/shell-host.ts';
import { createHome } from '../../support/ssh-keys.ts';
import { startSshServer } from '../../support/ssh-server.ts';

const templates = await loadTemplates(new URL('../../../templates/', import.meta.url));
const spec = await specOf();
const [host] = spec.hosts;
const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

let machine: ShellHost;
let ends: (() => PromiseLike<void>)[];

beforeEach(async () => {
  machine = await shellHost();
  await machine.set('listeners');
  ends = [() => machine[Symbol.asyncDispose]()];
});

afterEach(async () => {
  for (const end of ends.toReversed()) await end();
});

interface Login {
  readonly shell: Argv;
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A connection to the machine through a login shell, whose home is the machine's folder. */
async function logIn({ shell, user = 'root', env }: Login): Promise<RemoteHost> {
  const home = createHome(machine.folder);
  const server = await startSshServer({
    loginShell: shell,
    env: { ...machine.env, HOME: machine.folder, SSH_CLIENT: '::1 1 22', SHELL: shell[0], ...env },
  });
  home.trust(server.port, server.hostKey);
  const connector = createConnector({ timing: { politeStopMs: 1000, drainMs: 200 } });
  ends.push(
    () => server[Symbol.asyncDispose](),
    () => connector[Symbol.asyncDispose](),
  );
  return await connector.connect({ ...home.target(server.port), host: host!.name, user });
}

function factsThrough(remote: RemoteHost): Promise<Facts> {
  const ports = { templates, signal: new AbortController().signal };
  return readFacts({ spec, ports, host: host!, remote });
}

async function faultThrough(remote: RemoteHost): Promise<ClusterError> {
  const outcome = await factsThrough(remote).catch((error: unknown) => error);
  if (outcome instanceof ClusterError) return outcome;
  throw new Error('the facts were read', { cause: outcome });
}

async function writeStart(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(machine.folder, path)), { recursive: true });
  await writeFile(join(machine.folder, path), text);
}

const noise = String.raw`echo "Welcome to this host"; sh -c 'echo "disk is full" >&2'; echo -n 'You have mail'`;
const farewell: Readonly<Record<string, string>> = {
  bash: "trap 'printf Bye' EXIT",
  zsh: 'zshexit() { printf Bye }',
  fish: 'function bye --on-event fish_exit; printf Bye; end',
};

describe.each(loginShells)('with $name as login shell', ({ name, argv, startFile }) => {
  test('facts are read and steps run, whatever its start files print', async (context) => {
    requireShell(context, { name, argv, startFile });
    if (startFile !== undefined) {
      await writeStart(startFile, `${noise}\n${farewell[name] ?? ''}\n`);
    }
    const remote = await logIn({ shell: argv });
    const { stdout } = await remote.run(['true'], { deadlineMs: 10_000 });
    expect(stdout.includes('You have mail')).toBe(startFile !== undefined);
    expect(stdout.includes('Bye')).toBe(farewell[name] !== undefined);
    expect((await factsThrough(remote)).docker).toMatchObject({ kind: 'running' });

    const path = join(machine.folder, "it's a file!");
    const file = { path, content: 'x\n', mode: '0644', owner };
    const results: (string | undefined)[] = [];
    const script = machine.compile([{ kind: 'write-file', file }]);
    await remote.run(script.argv, {
      ...{ input: script.input, deadlineMs: 10_000 },
      onLine: (line) => results.push(parseStepLine(line)?.result),
    });
    expect(results.filter((result) => result !== undefined)).toEqual(['started', 'changed']);
    expect(await readFile(path, 'utf8')).toBe('x\n');
  });
});

test.each([
  ['#!/bin/sh\necho "This account is currently not available."\nexit 1\n', '"This account is'],
  ['#!/bin/sh\nexit 1\n', 'it says nothing and ends with code 1'],
])('a login shell that ends at once is named with what it says: %j', async (text, says) => {
  const shell = join(machine.folder, 'nologin');
  await writeFile(shell, text);
  await chmod(shell, 0o755);
  const fault = await faultThrough(await logIn({ shell: [shell] }));
  expect(fault).toMatchObject({ code: 'SHELL_UNFIT', host: host!.name });
  expect(fault.message).toContain(`the login shell of ${host!.ssh.user} on m1 runs no commands`);
  expect(fault.message).toContain(says);
  expect(fault.remedy).toContain(`chsh -s /bin/sh ${host!.ssh.user}`);
});

test('a command that is too long for csh is told as such, and tcsh takes it', async (context) => {
  const word = 'x'.repeat(20_000);
  for (const shell of loginShells.filter(({ name }) => name.endsWith('csh'))) {
    requireShell(context, shell);
    const remote = await logIn({ shell: shell.argv });
    const outcome = remote.run(['true', word], { deadlineMs: 10_000 });
    if (shell.name === 'tcsh') expect(await outcome).toMatchObject({ exitCode: 0 });
    else await expect(outcome).rejects.toMatchObject({ code: 'SHELL_UNFIT', host: 'm1' });
  }
});

test('text in the middle of a row is named, and the login shell with it', async () => {
  const shell = join(machine.folder, 'odd');
  await writeFile(shell, `#!/bin/sh\nsh "$@" | sed 's/^machine/You have mail.machine/'\n`);
  await chmod(shell, 0o755);
  const env = { PATH: `${machine.env.PATH ?? ''}:/usr/bin:/bin` };
  const fault = await faultThrough(await logIn({ shell: [shell], env }));
  expect(fault).toMatchObject({ code: 'FACTS_UNREADABLE', host: 'm1' });
  expect(fault.message).toContain('unexpected line: You have mail.machine\t');
  expect(fault.remedy).toContain(`${shell}, the login shell of ${host!.ssh.user}, may print text`);
});

test('a host without a tool is told with the package to install, and how', async () => {
  await machine.without('cmp', 'getconf');
  const fault = await faultThrough(await logIn({ shell: ['/bin/sh'] }));
  expect(fault).toMatchObject({
    ...{ code: 'TOOL_MISSING', host: 'm1' },
    message: 'm1 has no cmp and no getconf, which ci-cluster needs there',
    remedy:
      'Install them: ssh ops@10.0.0.11 sudo apt-get install diffutils libc-bin, then run the same command again.',
  });
});

/** A sudo of this test, before any other. */
async function sudoThat(script: string): Promise<RemoteHost> {
  await writeFile(join(machine.folder, 'stub', 'sudo'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return await logIn({ shell: ['/bin/sh'], user: 'ops' });
}

test('sudo that only warns, and keeps the environment of the login, runs the script', async () => {
  const remote = await sudoThat(
    'echo "sudo: unable to resolve host m1" >&2; shift 2; LANG=tr_TR.UTF-8 LANGUAGE=de exec "$@"',
  );
  expect((await factsThrough(remote)).docker).toMatchObject({ kind: 'running' });
});

test('sudo that refuses is told as such', async () => {
  const remote = await sudoThat('echo "sudo: a password is required" >&2; exit 1');
  expect(await faultThrough(remote)).toMatchObject({
    ...{
      code: 'SUDO_REFUSED',
      host: 'm1',
      message: 'sudo on m1 refuses ops: a password is required',
    },
  });
});

test('sudo that never answers ends with the deadline', async () => {
  const remote = await sudoThat('exec tail -f /dev/null');
  const ran = remote.run(['id'], { deadlineMs: 100, asRoot: true });
  await expect(ran).rejects.toMatchObject({ code: 'RESULT_UNKNOWN', host: 'm1' });
});
