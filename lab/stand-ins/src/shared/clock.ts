/** Time as an argument, so that a test can jump. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back once after `ms`; the result cancels. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** Calls back every `ms`; the result cancels. */
  readonly every: (ms: number, callback: () => void) => () => void;
}

export const realClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  every: (ms, callback) => {
    const timer = setInterval(callback, ms);
    return () => {
      clearInterval(timer);
    };
  },
};

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** Rejects with `message` when `work` takes longer; `work` itself goes on. */
export function withDeadline<T>(work: Promise<T>, ms: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(message));
    }, ms);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
