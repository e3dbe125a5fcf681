/** The version whose contract this stand-in keeps. */
export const version = '1.10.26';

export function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  const differing = (a ?? []).findIndex((part, index) => part !== b?.[index]);
  return differing !== -1 && (a?.[differing] ?? 0) > (b?.[differing] ?? 0);
}
