import { setMaxListeners } from 'node:events';

/** A bound that several waits share, and that somebody may cut short. */
export interface Deadline extends Disposable {
  readonly ms: number;
  readonly signal: AbortSignal;
}

export function startDeadline(ms: number, cutShort?: AbortSignal): Deadline {
  const controller = new AbortController();
  const end = (): void => {
    controller.abort();
  };
  const timer = setTimeout(end, ms);
  const listener = onAbort(cutShort, end);
  return {
    ms,
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      listener[Symbol.dispose]();
    },
  };
}

/** Calls `act` once when the signal aborts, at once if it already has; disposing forgets it. */
export function onAbort(signal: AbortSignal | undefined, act: () => void): Disposable {
  if (signal?.aborted === true) act();
  else if (signal !== undefined) shared(signal).addEventListener('abort', act, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', act) };
}

/** One signal ends everything on all hosts; Node 20 warns on stderr from the eleventh listener on. */
export function shared(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}

/** The result of the work, or undefined when the signal aborts first. The work goes on alone. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  let listener: Disposable | undefined;
  const aborted = new Promise<undefined>((resolve) => {
    listener = onAbort(signal, () => {
      resolve(undefined);
    });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    listener?.[Symbol.dispose]();
  }
}

/** Whether the promise settles within the time. */
export async function settlesWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
