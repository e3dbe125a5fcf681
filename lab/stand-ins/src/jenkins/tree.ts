/** One name in `?tree=`, with what is below it and how many elements of a list. */
interface Field {
  readonly below: Tree;
  readonly from: number;
  readonly to: number;
}

/** Fields to keep; an empty one keeps everything. */
type Tree = ReadonlyMap<string, Field>;

/** `?tree=builds[number,result]{0,5},mode` of every `api/json`. */
export function restrict(value: unknown, tree: string | null): unknown {
  return tree === null || tree === '' ? value : keep(value, parseFields({ text: tree, at: 0 }));
}

interface Cursor {
  readonly text: string;
  at: number;
}

function parseFields(cursor: Cursor): Tree {
  const fields = new Map<string, Field>();
  while (cursor.at < cursor.text.length) {
    const name = take(cursor, /[^,[\]{}]*/y);
    const below = accept(cursor, '[') ? parseFields(cursor) : new Map<string, Field>();
    fields.set(name, { below, ...range(cursor) });
    if (accept(cursor, ']') || !accept(cursor, ',')) break;
  }
  return fields;
}

/** `{5,}`, `{,5}`, `{5,9}` or `{5}`; counts from 0, the end is not included. */
function range(cursor: Cursor): Pick<Field, 'from' | 'to'> {
  const [, from, comma, to] = /^\{(\d*)(,?)(\d*)\}$/.exec(take(cursor, /(?:\{[\d,]*\})?/y)) ?? [];
  if (from === undefined) return { from: 0, to: Infinity };
  if (comma === '') return { from: Number(from), to: Number(from) + 1 };
  return { from: Number(from), to: to === '' ? Infinity : Number(to) };
}

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}

function accept(cursor: Cursor, character: string): boolean {
  const there = cursor.text[cursor.at] === character;
  if (there) cursor.at += 1;
  return there;
}

function keep(value: unknown, tree: Tree): unknown {
  if (tree.size === 0) return value;
  if (Array.isArray(value)) return value.map((one) => keep(one, tree));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key === '_class' || tree.has(key))
      .map(([key, one]) => [key, part(one, tree.get(key))]),
  );
}

function part(value: unknown, field: Field | undefined): unknown {
  if (field === undefined) return value;
  const list = Array.isArray(value) ? (value as unknown[]).slice(field.from, field.to) : value;
  return keep(list, field.below);
}
