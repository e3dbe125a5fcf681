import { distance } from 'fastest-levenshtein';

/** The known name that was probably meant; undefined if none is near enough. */
export function nearestOf(name: string, known: readonly string[]): string | undefined {
  if (name.length > 40) return undefined;
  const near = known
    .map((other) => ({ other, steps: distance(name.toLowerCase(), other.toLowerCase()) }))
    .filter(
      ({ other, steps }) => other !== name && steps <= Math.max(1, Math.floor(other.length / 3)),
    )
    .sort((a, b) => a.steps - b.steps);
  return near[0]?.other;
}
