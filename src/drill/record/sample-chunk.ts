import { z } from 'zod';
import type { Same, Sample, Seen } from '../sample.ts';
import { seenSchema } from './seen-schema.ts';

/** When it was sent, how long it took, from where and what: the latter two by their numbers. */
const plain = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const write = z.tuple([...plain.def.items, z.string()]);
/** Of equal samples in a row: how many, when the last was sent, the longest gap. */
const run = z.tuple([...plain.def.items, z.null(), z.number(), z.number(), z.number()]);

/**
 * Samples of about a second. Hundreds come in each, and nearly all see what the one before saw: what
 * was seen, and from where, is written once and named by a number from then on.
 */
export const chunkSchema = z.object({
  from: z.record(z.string(), z.string()),
  seen: z.record(z.string(), seenSchema),
  samples: z.array(z.union([plain, write, run])),
});

export type Chunk = z.infer<typeof chunkSchema>;
type Row = Chunk['samples'][number];

/** Makes chunks; each builds on those before. */
export function chunkWriter(): (samples: readonly Sample[]) => Chunk {
  const from = numbering<string>();
  const seen = numbering<Seen>();
  const row = (sample: Sample): Row => {
    const [common, value] = withoutValue(sample.seen);
    const place = from.of(sample.from, sample.from);
    const what = seen.of(JSON.stringify(common), common);
    const begin = [tenth(sample.at), tenth(sample.tookMs), place, what] as const;
    if (sample.same !== undefined) return [...begin, null, ...runOf(sample.same)];
    return value === undefined ? [...begin] : [...begin, value];
  };
  return (samples) => {
    const rows = samples.map(row);
    return { from: from.added(), seen: seen.added(), samples: rows };
  };
}

function runOf({ count, until, longestGapMs }: Same): [number, number, number] {
  return [count, tenth(until), tenth(longestGapMs)];
}

/** Reads chunks in their order. A sample that names what was lost with another line is left out. */
export function chunkReader(): (chunk: Chunk) => readonly Sample[] {
  const from = new Map<number, string>();
  const seen = new Map<number, Seen>();
  return (chunk) => {
    for (const [key, value] of Object.entries(chunk.from)) from.set(Number(key), value);
    for (const [key, value] of Object.entries(chunk.seen)) seen.set(Number(key), value);
    return chunk.samples.flatMap((row): Sample[] => {
      const [at, tookMs, place, what, value] = row;
      const where = from.get(place);
      const known = seen.get(what);
      if (where === undefined || known === undefined) return [];
      const sample = { at, tookMs, from: where, seen: withValue(known, value ?? '') };
      return [row.length === 8 ? { ...sample, same: sameIn(row) } : sample];
    });
  };
}

function sameIn([, , , , , count, until, longestGapMs]: z.infer<typeof run>): Same {
  return { count, until, longestGapMs };
}

/** Each write has a value of its own. */
function withoutValue(seen: Seen): readonly [Seen, string | undefined] {
  return seen.probe === 'write' ? [{ ...seen, value: '' }, seen.value] : [seen, undefined];
}

function withValue(seen: Seen, value: string): Seen {
  return seen.probe === 'write' ? { ...seen, value } : seen;
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
