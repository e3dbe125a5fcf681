import { masked, maskedChange, type FieldChange } from './change.ts';

/** We put no secret into a variable; somebody else may have. */
const secretLike = /^(?:env|labels)[ .].*(?:pass|secret|token|credential|api_?key|private_?key)/i;

/** Proxies and mirrors are written with login and password by some. */
export function withoutLogins(text: string): string {
  return text.replaceAll(/(\w:\/\/)[^/@\s"']*:[^/@\s"']*@/g, `$1${masked}@`);
}

/** Undefined if nothing changes. */
export function fieldChange(
  field: string,
  before: string | null,
  after: string | null,
): FieldChange | undefined {
  if (before === after) return undefined;
  if (!secretLike.test(field)) return { field, before: shown(before), after: shown(after) };
  return {
    field,
    before: before === null ? null : masked,
    after: after === null ? null : before === null ? masked : maskedChange,
  };
}

function shown(value: string | null): string | null {
  return value === null ? null : withoutLogins(value);
}

/** The changes between two sets of named values, in the order of their names. */
export function mapChanges(
  prefix: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly FieldChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap(
    (name) =>
      fieldChange(`${prefix}${name}`, before.get(name) ?? null, after.get(name) ?? null) ?? [],
  );
}
