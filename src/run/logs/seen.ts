import type { LogLine } from './log-line.ts';
import type { LogSource } from './source.ts';

/**
 * How far each source was read, so that a follow that begins again shows no line twice. Docker's
 * times have nanoseconds; lines of one time are told apart by their text.
 */
export class Seen {
  readonly #ends = new Map<LogSource, { at: string; texts: Set<string> }>();

  /** False for a line that was there before. */
  isNew({ source, at, text }: LogLine): boolean {
    const end = this.#ends.get(source);
    if (end === undefined || at > end.at) {
      this.#ends.set(source, { at, texts: new Set([text]) });
      return true;
    }
    if (at < end.at || end.texts.has(text)) return false;
    end.texts.add(text);
    return true;
  }

  /** Time of the last line of each source. */
  ends(): ReadonlyMap<LogSource, string> {
    return new Map([...this.#ends].map(([source, { at }]) => [source, at]));
  }
}
