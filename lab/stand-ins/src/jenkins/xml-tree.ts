import { decodeEntities } from './xml.ts';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Own text without that of children, entities resolved. */
  readonly text: string;
}

interface Open {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const token =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w.:$-]+)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/y;

/** Enough for what XStream writes and reads. Undefined: not well-formed, or a document type in it. */
export function parseXml(xml: string): Element | undefined {
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [root];
  token.lastIndex = 0;
  const text = xml.trim();
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null || !take(match, open)) return undefined;
  }
  const [only, ...more] = root.children;
  return open.length === 1 && more.length === 0 && root.text.trim() === '' ? only : undefined;
}

function take(match: RegExpExecArray, open: Open[]): boolean {
  const [, cdata, closing, name, attributes, selfClosing, plain] = match;
  const top = open.at(-1);
  if (top === undefined) return false;
  if (cdata !== undefined) top.text += cdata;
  if (plain !== undefined) top.text += decodeEntities(plain);
  if (name === undefined) return true;
  if (closing === '/') return close(name, open);
  const element = { name, attributes: attributesOf(attributes ?? ''), children: [], text: '' };
  top.children.push(element);
  if (selfClosing !== '/') open.push(element);
  return true;
}

function close(name: string, open: Open[]): boolean {
  return open.length > 1 && open.pop()?.name === name;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
  return Object.fromEntries(
    pairs.map(([, name = '', double, single]) => [name, decodeEntities(double ?? single ?? '')]),
  );
}

export function child(
  element: Element | undefined,
  ...path: readonly string[]
): Element | undefined {
  return path.reduce<Element | undefined>(
    (at, name) => at?.children.find((one) => one.name === name),
    element,
  );
}

/** Trimmed; undefined if there is no such element. */
export function childText(
  element: Element | undefined,
  ...path: readonly string[]
): string | undefined {
  return child(element, ...path)?.text.trim();
}
