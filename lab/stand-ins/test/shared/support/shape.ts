/** Every key of a value with its kind, as `a.b[]: number`; lists by what any of their elements has. */
function shapeOf(value: unknown): string[] {
  return [...new Set(paths(value, ''))].sort();
}

function paths(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => paths(one, `${path}[]`));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, one]) => [
      `${path}.${key}`,
      ...paths(one, `${path}.${key}`),
    ]);
  }
  return [`${path}: ${typeof value}`];
}

/** Keys that one of the two has and the other has not. */
export function shapeDifference(
  real: unknown,
  ours: unknown,
): { missing: string[]; extra: string[] } {
  const [expected, actual] = [shapeOf(real), shapeOf(ours)];
  return {
    missing: expected.filter((path) => !actual.includes(path)),
    extra: actual.filter((path) => !expected.includes(path)),
  };
}
