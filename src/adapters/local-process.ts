import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { ClusterError } from '../errors.ts';
import type { Argv, LocalRunOptions, Ran } from '../ports.ts';
import { shared } from './deadline.ts';
import { interrupted } from './interrupted.ts';
import { nameOf, seconds } from './supervise.ts';
import type { Exit, StartedProcess } from './supervise.ts';

type Surroundings = Pick<LocalRunOptions, 'env' | 'cwd'>;

/** Starts a process on this machine with pipes to it. */
export async function startHere(
  [file, ...args]: Argv,
  { env, cwd }: Surroundings = {},
): Promise<StartedProcess> {
  // Loading execa takes about 100 ms, which most commands never need.
  const { execa } = await import('execa');
  const child = execa(file, args, {
    stdio: 'pipe',
    buffer: false,
    reject: false,
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  const { stdin, stdout, stderr } = child;
  return {
    stdin,
    stdout,
    stderr,
    exit: exitOf(child),
    closed: bothEnded(stdout, stderr),
    lostReason: () => 'it ended without an exit code',
    abandon: () => {
      child.kill('SIGTERM');
    },
  };
}

interface Child {
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
  once(event: 'error', listener: (error: Error) => void): unknown;
}

/** A missing program is exit code 127, as a shell says it. */
function exitOf(child: Child): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ exitCode: code ?? undefined, signal: signal ?? undefined });
    });
    child.once('error', () => {
      resolve({ exitCode: 127, signal: undefined });
    });
  });
}

async function bothEnded(...streams: Readable[]): Promise<void> {
  await Promise.allSettled(streams.map((stream) => finished(stream, { writable: false })));
}

/** The process has the terminal: it reads the keyboard and writes to the screen itself. */
export async function runInTerminal(argv: Argv, options: LocalRunOptions): Promise<Ran> {
  const { execa } = await import('execa');
  const [file, ...args] = argv;
  const result = await execa(file, args, {
    stdio: 'inherit',
    reject: false,
    timeout: options.deadlineMs,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { cancelSignal: shared(options.signal) }),
  });
  if (result.isCanceled) throw interrupted(nameOf(argv));
  if (result.timedOut) {
    const text = `${nameOf(argv)} did not end within ${seconds(options.deadlineMs)}`;
    throw new ClusterError('RESULT_UNKNOWN', text, { remedy: 'Run the same command again.' });
  }
  const exitCode = result.code === 'ENOENT' ? 127 : result.exitCode;
  return { exitCode, signal: result.signal, stdout: '', stderr: '', truncated: false };
}
