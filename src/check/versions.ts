/** Whether a version like `20.10.24` is at least another one, number by number. */
export function atLeast(version: string, needed: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(needed)];
  for (const [index, number] of want.entries()) {
    const own = have[index] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}

function numbersOf(version: string): number[] {
  return (/^\D*(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number);
}

/** `6.1` of `6.1.0-40-amd64`. */
export function majorMinor(version: string): string {
  return numbersOf(version).slice(0, 2).join('.');
}
