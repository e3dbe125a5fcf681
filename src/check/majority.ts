/** The value that more than half of the hosts have; undefined for less than three hosts, or without one. */
export function majorityOf(values: readonly string[]): string | undefined {
  if (values.length < 3) return undefined;
  return [...new Set(values)].find(
    (value) => values.filter((other) => other === value).length * 2 > values.length,
  );
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
