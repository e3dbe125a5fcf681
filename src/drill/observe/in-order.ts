import type { Ms, Sample, Seen } from '../sample.ts';

/** Looks of one probe: answers come in any order and are written down in that of their questions. */
export interface InOrder {
  /** Notes a look that begins now; call what comes back with its answer, once. */
  readonly open: (at: Ms) => (tookMs: number, seen: Seen) => void;
}

interface Look {
  readonly at: Ms;
  sample: Sample | undefined;
}

export function inOrder(from: string, write: (sample: Sample) => void): InOrder {
  const waiting: Look[] = [];
  const flush = (): void => {
    for (let first = waiting[0]; first?.sample !== undefined; first = waiting[0]) {
      waiting.shift();
      write(first.sample);
    }
  };
  return {
    open: (at) => {
      const look: Look = { at, sample: undefined };
      waiting.push(look);
      return (tookMs, seen) => {
        look.sample = { at, tookMs, from, seen };
        flush();
      };
    },
  };
}
