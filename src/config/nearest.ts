import { distance } from 'fastest-levenshtein';

/** The known name that was probably meant; undefined if none is near enough. */
export function nearestOf(name: string, known: readonly string[]): string | undefined {
  if (name.length > 40) return undefined;
  const near = known
    .map((other) => ({ other, steps: stepsBetween(name.toLowerCase(), other.toLowerCase()) }))
    .filter(
      ({ other, steps }) => other !== name && steps <= Math.max(1, Math.floor(other.length / 3)),
    )
    .sort((a, b) => a.steps - b.steps);
  return near[0]?.other;
}

/** Two letters that changed places are one slip of the fingers, not two. */
function stepsBetween(name: string, other: string): number {
  const at = Array.from(other).findIndex((letter, index) => letter !== name[index]);
  const swapped = `${name.slice(0, at)}${name[at + 1] ?? ''}${name[at] ?? ''}${name.slice(at + 2)}`;
  return swapped === other ? 1 : distance(name, other);
}
