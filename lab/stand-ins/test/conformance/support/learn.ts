import { paired } from './compare.ts';

/** Where a recorded id stood, ours stands: adds to `names` what the two values teach. */
export function learn(names: Map<string, string>, real: unknown, ours: unknown): void {
  if (typeof real === 'string') {
    if (typeof ours === 'string' && isIdentity(real)) names.set(real, ours);
  } else if (Array.isArray(real)) {
    if (!Array.isArray(ours)) return;
    for (const [one, match] of paired(real, ours).pairs) learn(names, one, match);
  } else if (isObject(real) && isObject(ours)) {
    for (const [key, one] of Object.entries(real)) learn(names, one, ours[key]);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Ids begin with a UUID, updates have 16 bytes in Base64. */
function isIdentity(text: string): boolean {
  return /^[0-9a-f]{8}-/.test(text) || /^[\w+/]{22}==$/.test(text);
}
