import type { Pod } from './offer-match.ts';

export type Command =
  | { readonly kind: 'launch'; readonly pod: Pod; readonly label: string }
  | { readonly kind: 'kill'; readonly name: string };

/** What is asked while there is no connection waits here, up to a limit (`OverflowStrategy.dropNew`). */
export class CommandQueue {
  readonly #limit: number;
  readonly #commands: Command[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False: full. */
  offer(command: Command): boolean {
    if (this.#commands.length >= this.#limit) return false;
    this.#commands.push(command);
    return true;
  }

  take(): readonly Command[] {
    return this.#commands.splice(0);
  }
}
