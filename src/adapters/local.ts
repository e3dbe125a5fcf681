import type { Argv, LocalRunOptions, LocalShell, Ran } from '../ports.ts';
import { interrupted } from './interrupted.ts';
import { runInTerminal, startHere } from './local-process.ts';
import { defaultManners, nameOf, supervise } from './supervise.ts';
import type { Manners } from './supervise.ts';

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
    { argv, place: 'this machine', options, remainingMs: options.deadlineMs, manners },
  );
}
