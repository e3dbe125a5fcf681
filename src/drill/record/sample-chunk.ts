import { z } from 'zod';
import type { Sample, Seen } from '../sample.ts';
import { seenSchema } from './seen-schema.ts';

/**
 * Samples of about a second. Hundreds come in each, and nearly all see what the one before saw: what
 * was seen, and from where, is written once and named by a number from then on.
 */
export const chunkSchema = z.object({
  from: z.record(z.string(), z.string()),
  seen: z.record(z.string(), seenSchema),
  /** `[at, tookMs, from, seen]`, then the value where it was a write. */
  samples: z.array(
    z.union([
      z.tuple([z.number(), z.number(), z.number(), z.number()]),
      z.tuple([z.number(), z.number(), z.number(), z.number(), z.string()]),
    ]),
  ),
});

export type Chunk = z.infer<typeof chunkSchema>;

/** Makes chunks; each builds on those before. */
export function chunkWriter(): (samples: readonly Sample[]) => Chunk {
  const from = numbering<string>();
  const seen = numbering<Seen>();
  return (samples) => {
    const rows = samples.map((sample): Chunk['samples'][number] => {
      const [common, value] = withoutValue(sample.seen);
      const place = from.of(sample.from, sample.from);
      const what = seen.of(JSON.stringify(common), common);
      const row = [tenth(sample.at), tenth(sample.tookMs), place, what] as const;
      return value === undefined ? [...row] : [...row, value];
    });
    return { from: from.added(), seen: seen.added(), samples: rows };
  };
}

/** Reads chunks in their order. A sample that names what was lost with another line is left out. */
export function chunkReader(): (chunk: Chunk) => readonly Sample[] {
  const from = new Map<number, string>();
  const seen = new Map<number, Seen>();
  return (chunk) => {
    for (const [key, value] of Object.entries(chunk.from)) from.set(Number(key), value);
    for (const [key, value] of Object.entries(chunk.seen)) seen.set(Number(key), value);
    return chunk.samples.flatMap(([at, tookMs, place, what, value]): Sample[] => {
      const where = from.get(place);
      const known = seen.get(what);
      if (where === undefined || known === undefined) return [];
      return [{ at, tookMs, from: where, seen: withValue(known, value) }];
    });
  };
}

/** Each write has a value of its own. */
function withoutValue(seen: Seen): readonly [Seen, string | undefined] {
  return seen.probe === 'write' ? [{ ...seen, value: '' }, seen.value] : [seen, undefined];
}

function withValue(seen: Seen, value: string | undefined): Seen {
  return seen.probe === 'write' ? { ...seen, value: value ?? '' } : seen;
}

/** No probe is exact to a tenth of a millisecond. */
function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}

interface Numbering<T> {
  readonly of: (key: string, value: T) => number;
  /** What was named since the last time. */
  readonly added: () => Record<string, T>;
}

function numbering<T>(): Numbering<T> {
  const numbers = new Map<string, number>();
  let fresh: Record<string, T> = {};
  return {
    of: (key, value) => {
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const number = numbers.size;
      numbers.set(key, number);
      fresh[number] = value;
      return number;
    },
    added: () => {
      const added = fresh;
      fresh = {};
      return added;
    },
  };
}
