import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { type Fault, type Path, type Position, printable, unprintable } from './fault.ts';

const maxAliases = 100;

/** What YAML allows and a cluster file does not. No value is quoted: it may be a password. */
export function contentFaults(
  document: Document.Parsed,
  at: (offset: number) => Position,
): Fault[] {
  const all = document.contents === null ? [] : [...everyPlace(document.contents, [])];
  return [
    ...aliasFlaws(document, all),
    ...all.flatMap(tagFlaws),
    ...all.flatMap(textFlaws),
    ...all.flatMap(keyFlaws),
  ].map(({ node, path, message }) => {
    return { path, message, whole: true, position: at(node.range?.[0] ?? 0) };
  });
}

interface Place {
  readonly node: Node;
  readonly path: Path;
}

interface Flaw extends Place {
  readonly message: string;
}

function* everyPlace(node: Node, path: Path): Generator<Place> {
  yield { node, path };
  if (isSeq<Node>(node)) {
    for (const [index, item] of node.items.entries()) yield* everyPlace(item, [...path, index]);
  }
  if (!isMap<Node, Node | null>(node)) return;
  for (const { key, value } of node.items) {
    const inner = [...path, nameOf(key)];
    yield* everyPlace(key, inner);
    if (value !== null) yield* everyPlace(value, inner);
  }
}

function nameOf(key: Node): string {
  return isScalar(key) ? String(key.value) : '';
}

/** Resolving an alias walks through the document: only so many are looked at. */
function aliasFlaws(document: Document.Parsed, all: readonly Place[]): Flaw[] {
  const aliases = all.filter(({ node }) => isAlias(node));
  const excess = aliases[maxAliases];
  if (excess) return [{ ...excess, message: `more than ${String(maxAliases)} aliases (*name)` }];
  return aliases
    .filter(({ node }) => isAlias(node) && node.resolve(document) === undefined)
    .map((place) => ({ ...place, message: unknownAlias }));
}

export const unknownAlias = 'unknown alias: text that begins with "*" needs quotes';
export const tagsUnused = 'a cluster file has no tags: text that begins with "!" needs quotes';

function tagFlaws(place: Place): Flaw[] {
  if (isAlias(place.node) || place.node.tag === undefined) return [];
  return [{ ...place, message: tagsUnused }];
}

function textFlaws({ node, path }: Place): Flaw[] {
  if (!isScalar(node) || typeof node.value !== 'string') return [];
  const found = unprintable.exec(node.value)?.[0];
  if (found === undefined) return [];
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return [{ node, path, message: `control character U+${code}: write plain text on one line` }];
}

/** Keys that occur twice, or that would not become ordinary properties of a JavaScript object. */
function keyFlaws({ node, path }: Place): Flaw[] {
  if (!isMap<Node>(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap(({ key }) => {
    const name = nameOf(key);
    const twice = seen.has(name);
    seen.add(name);
    const message =
      name === '__proto__' ? 'unknown key `__proto__`' : `duplicate key \`${printable(name)}\``;
    return twice || name === '__proto__' ? [{ node: key, path: [...path, name], message }] : [];
  });
}
