/** Fields to keep, each with the fields below it; an empty map keeps everything. */
interface Tree extends Map<string, Tree> {
  readonly size: number;
}

/** `?tree=jobs[name,url],mode` of every `api/json`. */
export function restrict(value: unknown, tree: string | null): unknown {
  return tree === null || tree === '' ? value : keep(value, parseTree(tree));
}

function parseTree(text: string): Tree {
  const position = { at: 0 };
  return parseFields(text, position);
}

function parseFields(text: string, position: { at: number }): Tree {
  const fields: Tree = new Map<string, Tree>();
  let name = '';
  while (position.at < text.length) {
    const character = text[position.at] ?? '';
    position.at += 1;
    if (character === ']') break;
    if (character === '[') {
      fields.set(name, parseFields(text, position));
      name = '';
    } else if (character === ',') {
      if (name !== '') fields.set(name, new Map<string, Tree>());
      name = '';
    } else name += character;
  }
  if (name !== '') fields.set(name, new Map<string, Tree>());
  return fields;
}

function keep(value: unknown, tree: Tree): unknown {
  if (tree.size === 0) return value;
  if (Array.isArray(value)) return value.map((one) => keep(one, tree));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key === '_class' || tree.has(key.replace(/\{.*$/, '')))
      .map(([key, one]) => [key, keep(one, tree.get(key) ?? new Map<string, Tree>())]),
  );
}
