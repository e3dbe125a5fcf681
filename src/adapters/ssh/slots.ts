import pLimit from 'p-limit';
import { unlessAborted } from '../deadline.ts';

/** A number of places; whoever finds none waits in line. */
export interface Slots {
  /** A place, given back by disposing; undefined if the signal aborts first. */
  readonly take: (signal?: AbortSignal) => Promise<Disposable | undefined>;
  /** Makes do with fewer places from now on. */
  readonly shrinkTo: (count: number) => void;
  readonly taken: () => number;
}

export function createSlots(count: number): Slots {
  const limit = pLimit(count);
  return {
    take: async (signal) => {
      const coming = new Promise<Disposable>((resolve) => {
        void limit(() => occupied(resolve));
      });
      const slot = await unlessAborted(coming, signal);
      if (slot === undefined)
        void coming.then((late) => {
          late[Symbol.dispose]();
        });
      return slot;
    },
    shrinkTo: (fewer) => {
      limit.concurrency = Math.max(1, fewer);
    },
    taken: () => limit.activeCount,
  };
}

function occupied(hand: (slot: Disposable) => void): Promise<void> {
  return new Promise((free) => {
    hand({ [Symbol.dispose]: free });
  });
}
