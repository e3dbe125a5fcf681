import {
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** The text of a YAML file with places in it: edits replace a few bytes and leave all others. */
export interface Draft {
  readonly text: string;
  readonly document: Document.Parsed;
}

export function draftOf(text: string): Draft {
  return { text, document: parseDocument(text, { keepSourceTokens: false }) };
}

/** What stands between two offsets becomes `inserted`. */
export function splice({ text }: Draft, [from, to]: readonly [number, number], inserted: string) {
  return draftOf(`${text.slice(0, from)}${inserted}${text.slice(to)}`);
}

function lineEnd({ text }: Draft): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** A value as one word: quoted only where it would mean something else. */
export function scalarText(value: string): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

type Entry = Pair<Node, Node | null>;

export function entriesOf(map: YAMLMap): readonly Entry[] {
  return map.items as unknown as readonly Entry[];
}

export function entryOf(map: YAMLMap | undefined, key: string): Entry | undefined {
  return map && entriesOf(map).find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

/** The mapping below these keys; undefined where it is none, or none is written. */
export function mapAt({ document }: Draft, path: readonly string[]): YAMLMap | undefined {
  let node: unknown = document.contents;
  for (const key of path) node = isMap(node) ? entryOf(node, key)?.value : undefined;
  return isMap(node) ? node : undefined;
}

export function listAt({ document }: Draft, key: string): YAMLSeq<Node> | undefined {
  const root = document.contents;
  const value = isMap(root) ? entryOf(root, key)?.value : undefined;
  return isSeq(value) ? (value as YAMLSeq<Node>) : undefined;
}

export function startOf(node: Node | Entry): number {
  const first = isPair(node) ? node.key : node;
  return first.range?.[0] ?? 0;
}

/** Where the last character of its content is, without the comments and empty lines after it. */
export function endOf(node: Node | Entry | null): number {
  if (node === null) return 0;
  if (isPair(node)) return Math.max(endOf(node.key), endOf(node.value));
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1) as Node | Entry | undefined;
    return last === undefined ? (node.range?.[1] ?? 0) : endOf(last);
  }
  return node.range?.[1] ?? 0;
}

/** Behind the line end after the offset; the end of the text where none follows. */
export function nextLine({ text }: Draft, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at === -1 ? text.length : at + 1;
}

export function lineStart({ text }: Draft, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Blanks before the first word of the line. */
export function indentAt(draft: Draft, offset: number): string {
  return /^ */.exec(draft.text.slice(lineStart(draft, offset)))?.[0] ?? '';
}

/** As the lines above it: inside the text, with a line end in front where the file has none at its end. */
export function insertLines(draft: Draft, offset: number, lines: readonly string[]): Draft {
  const end = lineEnd(draft);
  const at = nextLine(draft, offset);
  const isOpen = at === draft.text.length && !draft.text.endsWith('\n');
  const added = lines.map((line) => `${line}${end}`).join('');
  return splice(draft, [at, at], isOpen ? `${end}${added.slice(0, -end.length)}` : added);
}

/** After the last entry of a `{…}` or `[…]`. */
export function insertInFlow(draft: Draft, collection: YAMLMap | YAMLSeq, text: string): Draft {
  const last = collection.items.at(-1) as Node | Entry | undefined;
  if (last !== undefined) {
    const at = endOf(last);
    return splice(draft, [at, at], `, ${text}`);
  }
  const [from = 0, to = 0] = collection.range ?? [];
  const [open, close] = isMap(collection) ? ['{ ', ' }'] : ['[', ']'];
  return splice(draft, [from, to], `${open}${text}${close}`);
}
