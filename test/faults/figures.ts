import { appendFileSync } from 'node:fs';

/** The long version runs by FAULTS=full (`npm run faults`). */
export const isFull = process.env.FAULTS === 'full';

/** A line for the summary of `npm run faults`. */
export function publish(title: string, figures: Readonly<Record<string, number | string>>): void {
  const file = process.env.FAULTS_FIGURES;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ title, figures })}\n`);
}

/** At once, where a long version has hours to go. */
export function tell(finding: unknown): void {
  if (isFull) process.stderr.write(`${JSON.stringify(finding, undefined, 1)}\n`);
}

/** How often each word occurs, most frequent first. */
export function countOf(words: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([, left], [, right]) => right - left));
}

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function sample<T>(from: readonly T[], count: number, random: () => number): readonly T[] {
  const left = [...from];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [taken] = left.splice(Math.floor(random() * left.length), 1);
    return taken!;
  });
}

/** Works through the items, a few at a time, in order; the long version says how far it is. */
export async function each<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const begin = Date.now();
  let ended = 0;
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
      ended += 1;
      if (ended % 20 === 0 || ended === items.length) tellProgress(ended, items.length, begin);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

function tellProgress(ended: number, all: number, begin: number): void {
  const seconds = Math.round((Date.now() - begin) / 1000);
  if (isFull) process.stderr.write(`${ended} of ${all} runs in ${seconds} s\n`);
}
