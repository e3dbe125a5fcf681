import type { Secret } from '../secret.ts';

/** Text of somebody else with these secrets taken out, also where they stand in a URL or in JSON. */
export function maskOf(secrets: readonly Secret[]): (text: string) => string {
  const forms = new Set(secrets.flatMap((secret) => formsOf(secret.reveal())));
  // The longest first: a form may contain another.
  const sorted = [...forms].toSorted((one, other) => other.length - one.length);
  return (text) => sorted.reduce((masked, form) => masked.replaceAll(form, () => '[secret]'), text);
}

function formsOf(value: string): readonly string[] {
  return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
}
