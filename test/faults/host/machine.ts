import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A host with a root, a process table and a `sh` of its own; Docker and systemd are stand-ins. */
export interface Machine extends AsyncDisposable {
  readonly name: string;
  readonly address: string;
  /** Where a path of the host is found from outside. */
  path(inside: string): string;
  /** Starts what sshd would start: the command, by the login shell. */
  exec(command: string): Running;
  /** Processes besides those that every host has. */
  processes(): readonly string[];
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** SIGKILL for the login shell and everything below it. */
  killAll(): void;
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const stubs = fileURLToPath(new URL('../../fixtures/stubs', import.meta.url));

/** What all hosts of this process have in common; made with the first. */
let base: string | undefined;

function sharedBase(): string {
  if (base !== undefined) return base;
  const made = mkdtempSync(join(tmpdir(), 'ci-cluster-faults-'));
  execFileSync('sh', [join(folder, 'base.sh'), made, stubs, join(folder, 'bin')]);
  process.on('exit', () => {
    rmSync(made, { recursive: true, force: true });
  });
  base = made;
  return made;
}

const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/root',
  USER: 'ops',
  SHELL: '/bin/sh',
  LANG: 'C.UTF-8',
};

export async function startMachine(name: string, address: string): Promise<Machine> {
  // Whoever kills this process takes the hosts along.
  const bound = ['--pdeathsig', 'KILL', 'unshare'];
  const unshare = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
  const boot = ['sh', join(folder, 'boot.sh'), sharedBase(), address];
  const keeper = spawn('setpriv', [...bound, ...unshare, ...boot], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => keeper.once('close', resolve));
  await Promise.race([up(keeper.stdout), ended.then(() => Promise.reject(noNamespaces()))]);
  const first = onlyChildOf(keeper.pid);
  const enter = ['--target', first, '--mount', '--pid', '--root', '--wd', '/bin/sh', '-c'];
  return {
    name,
    address,
    path: (inside) => `/proc/${first}/root${inside}`,
    exec: (command) => {
      const child = spawn('nsenter', [...enter, command], { env: environment });
      const killAll = (): void => {
        killAllOf(child.pid);
      };
      return { child, killAll };
    },
    processes: () => processesBelow(first),
    [Symbol.asyncDispose]: async () => {
      // The first process takes all others of its host along.
      process.kill(Number(first), 'SIGKILL');
      await ended;
    },
  };
}

function noNamespaces(): Error {
  return new Error('no host: this needs root and the right to make namespaces (unshare)');
}

function up(stdout: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) =>
    stdout.once('data', () => {
      resolve();
    }),
  );
}

function childrenOf(pid: number | string | undefined): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter((word) => word !== '');
  } catch {
    return [];
  }
}

function onlyChildOf(pid: number | undefined): string {
  const [child] = childrenOf(pid);
  if (child === undefined) throw noNamespaces();
  return child;
}

/** Children first found, then killed: one that is an orphan by then would not be found any more. */
function killAllOf(pid: number | undefined): void {
  const doomed = descendantsOf(pid);
  for (const one of doomed) {
    try {
      process.kill(Number(one), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function descendantsOf(pid: number | string | undefined): readonly string[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Command lines of all processes of the host's namespace but its first and that one's sleep. */
function processesBelow(first: string): readonly string[] {
  const own = namespaceOf(first);
  const idle = new Set([
    first,
    ...childrenOf(first).filter((pid) => nameOf(pid).startsWith('sleep')),
  ]);
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && !idle.has(pid) && namespaceOf(pid) === own)
    .map(nameOf)
    .filter((name) => name !== '');
}

/** Empty if it ended meanwhile. */
function namespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
