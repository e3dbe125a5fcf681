import { exitCodes, type Crash } from './exit-codes.ts';
import type { Log } from './log.ts';

/** For the last bytes to leave: the end of the ZooKeeper session, the answer to a request. */
const lastWordsMs = 300;

/** One way out for every reason, with what has to be done on it. */
export class Shutdown {
  readonly #log: Log;
  readonly #exit: (code: number) => void;
  #hooks: (() => void)[] = [];
  #first: (() => void)[] = [];
  #ending = false;

  constructor(log: Log, exit: (code: number) => void) {
    this.#log = log;
    this.#exit = exit;
  }

  /** As a JVM's shutdown hook: without leaving the election, the next start would meet itself there. */
  atEnd(hook: () => void): void {
    this.#hooks.push(hook);
  }

  /** What must not go on for even the time of the last words: calls to Mesos. */
  readonly atOnce = (hook: () => void): void => {
    this.#first.push(hook);
  };

  readonly crash: Crash = (reason, message) => {
    if (this.#ending) return;
    this.#log.error(`${message}; exiting with ${exitCodes[reason]}`);
    this.end(exitCodes[reason]);
  };

  end(code: number): void {
    if (this.#ending) return;
    this.#ending = true;
    for (const hook of this.#first.splice(0)) hook();
    // Not in the caller's own turn: it may still have an answer to give.
    setTimeout(() => {
      for (const hook of this.#hooks.splice(0)) hook();
    }, lastWordsMs / 3);
    setTimeout(() => {
      this.#exit(code);
    }, lastWordsMs);
  }
}
