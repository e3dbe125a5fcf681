import { ClusterError } from '../errors.ts';
import type { Argv, RemoteHost } from '../ports.ts';

interface Program {
  readonly remote: RemoteHost;
  readonly argv: Argv;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called with each line; true for the one that says it may begin. */
  readonly isReady: (line: string) => boolean;
}

/**
 * Starts a program that runs until its input ends, and waits until it is ready or has ended. `close`
 * ends it; it never fails, for what it was to prove is told by its lines.
 */
export async function heldOpen(program: Program): Promise<{ readonly close: () => Promise<void> }> {
  const letGo = new AbortController();
  const { remote, argv, deadlineMs, signal, isReady } = program;
  const state: { ended: Promise<void> } = { ended: Promise.resolve() };
  await new Promise<void>((resolve, reject) => {
    state.ended = remote
      .run(argv, {
        ...{ asRoot: true, deadlineMs },
        signal: AbortSignal.any([signal, letGo.signal]),
        onLine: (line) => {
          if (isReady(line)) resolve();
        },
      })
      .then(
        () => {
          resolve();
        },
        (error: unknown) => {
          // Ours to end; anything else is told by the ports that never listened.
          if (error instanceof ClusterError && error.code !== 'INTERRUPTED') resolve();
          else reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
  });
  return {
    close: async () => {
      letGo.abort();
      await state.ended;
    },
  };
}
