import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';
import type { Fault, Path } from './fault.ts';

/** Offset of the entry in the text; of the nearest entry above it if it is not there. */
export function offsetOf(document: Document.Parsed, { path, at }: Fault): number {
  const chain = entriesOn(document, path);
  const last = chain.at(-1);
  const exact = chain.length === path.length && at !== 'key';
  const node = exact ? last?.value : last?.key;
  return (node ?? document.contents)?.range?.[0] ?? 0;
}

export function isWritten(document: Document.Parsed, path: Path): boolean {
  return entriesOn(document, path).length === path.length;
}

/** The entries that a path leads through, as far as they exist. */
function entriesOn(document: Document.Parsed, path: Path): Child[] {
  const chain: Child[] = [];
  let node = target(document, document.contents);
  for (const name of path) {
    const found = child(node, name);
    if (found === undefined) break;
    chain.push(found);
    node = target(document, found.value);
  }
  return chain;
}

export function keysOf(document: Document.Parsed, path: Path): string[] {
  let node = target(document, document.contents);
  for (const name of path) node = target(document, child(node, name)?.value);
  if (!isMap(node)) return [];
  return node.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
}

interface Child {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

function child(node: Node | undefined, name: Path[number]): Child | undefined {
  if (isSeq(node) && typeof name === 'number') {
    const item = node.items[name] as Node | undefined;
    return item && { key: item, value: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
  return pair && entry(pair as Pair<Node, Node | null>);
}

/** An entry without a value (`address:`) stands where its key does. */
function entry({ key, value }: Pair<Node, Node | null>): Child {
  return { key, value: isEmpty(value) ? key : (value ?? key) };
}

function isEmpty(value: Node | null): boolean {
  return value === null || (isScalar(value) && value.value === null);
}

function target(document: Document.Parsed, node: Node | null | undefined): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return node ?? undefined;
}
