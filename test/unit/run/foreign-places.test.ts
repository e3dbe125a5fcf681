import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseFacts } from '../../../src/plan/facts.ts';
import type { HostStep } from '../../../src/plan/step.ts';
import type { Argv } from '../../../src/ports.ts';
import { foreignLogins } from '../../support/locales.ts';
import { loginShells, requireShell } from '../../support/login-shells.ts';
import { shellHost, type ShellHost } from '../../support/shell-host.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const logins = foreignLogins(tempFolder());
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;

let host: ShellHost;

beforeEach(async () => {
  host = await shellHost();
  await host.set('listeners');
});

afterEach(async () => {
  expect(await host.leftovers()).toEqual([]);
  await host[Symbol.asyncDispose]();
});

function writeStep(path: string, content = 'x'): HostStep {
  return { kind: 'write-file', file: { path, content, mode: '0644', owner } };
}

interface Mounting {
  readonly folder: string;
  readonly options: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A step on a host with a file system of its own on one of its folders. */
async function performWith(
  { folder, options, env = {} }: Mounting,
  step: HostStep,
): Promise<readonly string[]> {
  const mount = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"';
  const inside: Argv = ['/usr/bin/unshare', '-m', '/bin/sh', '-c', `PATH=/bin:$PATH; ${mount}`];
  const within: Argv = [...inside, 'sh', options, folder];
  return (await host.perform([step], { within, env })).results;
}

describe.each(logins)('a login in %s', (_name, env) => {
  test('gets the facts of any other', async () => {
    const script = join(host.folder, 'says.sh');
    await writeFile(script, 'cat /no/such/file 2>&1');
    const args = [
      'isolation',
      script,
      'folder',
      host.folder,
      'folder',
      '/no/such/folder',
      'file',
      '/etc/passwd',
    ];
    const steady = ({ stdout }: { stdout: string }) => {
      const { clock, folders, ...facts } = parseFacts(stdout);
      const states = [...folders].map(([path, { freeKib, state }]) => [path, freeKib > 0, state]);
      return { ...facts, states, isNow: clock > 1_700_000_000 };
    };
    const [ours, theirs] = [await host.facts(args), await host.facts(args, env)];
    expect(theirs.stderr).toBe('');
    expect(steady(theirs)).toEqual(steady(ours));
  });
});

test.runIf(canMount).each(logins)(
  'a disk that is full has its code for a login in %s, too',
  async (_name, env) => {
    const full = join(host.folder, 'full');
    await mkdir(full);
    const step = writeStep(join(full, 'file'), 'x'.repeat(100_000));
    const results = await performWith({ folder: full, options: 'size=8k', env }, step);
    expect(results).toEqual(['0 failed DISK_FULL']);
  },
);

test.runIf(canMount)('a /run that forbids to execute is no obstacle', async () => {
  const path = join(host.folder, 'file');
  const results = await performWith(
    { folder: join(host.folder, 'run'), options: 'noexec' },
    writeStep(path),
  );
  expect(results).toEqual(['0 changed']);
});

test.runIf(canMount)('where /run cannot be written, the next place is taken', async () => {
  const path = join(host.folder, 'file');
  const results = await performWith(
    { folder: join(host.folder, 'run'), options: 'ro' },
    writeStep(path),
  );
  expect(results).toEqual(['0 changed']);
});

const posixShells = loginShells.filter(({ name }) => ['dash', 'bash', 'busybox'].includes(name));

describe.each(posixShells)('with $name as /bin/sh', (shell) => {
  test('facts are read and steps run', async (context) => {
    requireShell(context, shell);
    await host[Symbol.asyncDispose]();
    host = await shellHost(shell.argv[0]);
    await host.set('listeners', 'LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=9,fd=3))\n');
    const text = join(host.folder, 'text');
    const steps = [
      writeStep(text, `it's $HOME \\n !\n☃`),
      writeStep(join(host.folder, 'large'), 'é'.repeat(100_000)),
    ];
    expect((await host.perform(steps)).results).toEqual(['0 changed', '1 changed']);
    const { stdout, stderr } = await host.facts(['text', text, 'folder', '/']);
    expect(stderr).toBe('');
    const facts = parseFacts(stdout);
    expect(facts.texts.get(text)).toBe(await readFile(text, 'utf8'));
    expect(facts.listeners).toMatchObject([{ address: '0.0.0.0', port: 22 }]);
    expect(facts.docker).toMatchObject({ kind: 'running' });
  });

  test('the end of the input stops between two steps', async (context) => {
    requireShell(context, shell);
    await host[Symbol.asyncDispose]();
    host = await shellHost(shell.argv[0]);
    await host.set('pull-waits-for', `${host.folder}/run/ci-cluster.*/stop\n`);
    const interruption = new AbortController();
    const pull: HostStep = { kind: 'pull-image', image: 'zookeeper:3.9.5' };
    const seen: string[] = [];
    const performing = host.perform([pull, writeStep(join(host.folder, 'after'))], {
      signal: interruption.signal,
      onLine: ({ step, result }) => {
        seen.push(`${step} ${result}`);
        interruption.abort();
      },
    });
    await expect(performing).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(seen).toEqual(['0 started', '0 changed', '1 stopped']);
  });
});
