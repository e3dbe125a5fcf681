import { ClusterError } from '../errors.ts';
import type { Argv, LocalRunOptions, LocalShell, Ran } from '../ports.ts';
import { interrupted } from './interrupted.ts';
import { startHere } from './local-process.ts';
import { nameOf, seconds, supervise } from './supervise.ts';
import type { Manners } from './supervise.ts';

const defaultManners: Manners = { politeStopMs: 10_000, drainMs: 2_000 };
const place = 'this machine';

/** Processes on this machine. They end with us, with their deadline and on an interrupt. */
export function createLocalShell(manners: Manners = defaultManners): LocalShell {
  return {
    run: (argv, options) =>
      options.inherit === true ? runInTerminal(argv, options) : runPiped(argv, options, manners),
  };
}

async function runPiped(argv: Argv, options: LocalRunOptions, manners: Manners): Promise<Ran> {
  if (options.signal?.aborted === true) throw interrupted(`before ${nameOf(argv)}`);
  const started = await startHere(argv, options);
  return await supervise(
    { ...started, interrupt: started.abandon },
    { argv, place, options, remainingMs: options.deadlineMs, manners },
  );
}

async function runInTerminal(argv: Argv, options: LocalRunOptions): Promise<Ran> {
  const { execa } = await import('execa');
  const [file, ...args] = argv;
  const result = await execa(file, args, {
    stdio: 'inherit',
    reject: false,
    timeout: options.deadlineMs,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  if (result.isCanceled) throw interrupted(`${nameOf(argv)} on ${place}`);
  if (result.timedOut) {
    const text = `${nameOf(argv)} did not end within ${seconds(options.deadlineMs)}`;
    throw new ClusterError('RESULT_UNKNOWN', text, { remedy: 'Run the same command again.' });
  }
  const exitCode = result.code === 'ENOENT' ? 127 : result.exitCode;
  return { exitCode, signal: result.signal, stdout: '', stderr: '', truncated: false };
}
