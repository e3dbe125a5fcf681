import type { Ms } from '../sample.ts';

/** What a host's clock shows more than ours, and what that figure may be wrong by. */
export interface Offset {
  readonly offsetMs: number;
  readonly errorMs: number;
}

/** Question and answer: sent and received by our clock, answered by the host's. */
export interface RoundTrip {
  readonly sentAt: Ms;
  readonly answeredAt: Ms;
  readonly receivedAt: Ms;
}

/** The host answered somewhere between the two: in the middle, give or take half the way. */
function offsetOf({ sentAt, answeredAt, receivedAt }: RoundTrip): Offset {
  return {
    offsetMs: answeredAt - (sentAt + receivedAt) / 2,
    errorMs: (receivedAt - sentAt) / 2,
  };
}

export interface Offsets {
  readonly add: (trip: RoundTrip) => void;
  /** The most exact of the last ones; undefined before the first answer. */
  readonly current: () => Offset | undefined;
  /** The most exact of the first ones, and of the last ones: a clock that jumped shows in the two. */
  readonly ends: () => readonly Offset[];
}

/**
 * Of the last; of the first, which come fast, twice as many. Few, so that the drift of a crystal does
 * not matter; enough that one was not held up.
 */
const kept = 8;

export function createOffsets(): Offsets {
  const first: Offset[] = [];
  const last: Offset[] = [];
  return {
    add: (trip) => {
      const offset = offsetOf(trip);
      if (first.length < 2 * kept) first.push(offset);
      last.push(offset);
      if (last.length > kept) last.shift();
    },
    current: () => mostExact(last),
    ends: () => [mostExact(first), mostExact(last)].flatMap((one) => one ?? []),
  };
}

function mostExact(offsets: readonly Offset[]): Offset | undefined {
  return offsets.reduce<Offset | undefined>(
    (best, one) => (best === undefined || one.errorMs < best.errorMs ? one : best),
    undefined,
  );
}
