import type { BlindError, Ms, Seen } from '../sample.ts';

/** Something that is looked at again and again, however long a look takes. */
export interface Probe {
  readonly everyMs: number;
  /** Looks that may be under way at a time; at more a look is left out, and that is written down. */
  readonly most: number;
  /** Never throws, and ends in time. */
  readonly look: () => Promise<Seen>;
  /** What is written down where nobody looked. */
  readonly blind: (error: BlindError) => Seen;
}

/** Leaders and writes. */
export const leaderEveryMs = 100;
/** Lists of agents, tasks and apps are long, and a login page costs Jenkins something. */
export const stateEveryMs = 500;
/** Of one look. A frozen server accepts the connection and never answers. */
export const lookMs: Ms = 1000;
/** A second's looks, and two for timers that are late. */
export const leaderMost = 12;
