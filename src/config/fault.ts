/** Place in the cluster file: keys and, in lists, indexes. */
export type Path = readonly (string | number)[];

export interface Fault {
  readonly path: Path;
  /** What is wrong, as it follows `hosts.m1.address: `; or the whole sentence if `whole` is set. */
  readonly message: string;
  readonly whole?: boolean | undefined;
  /** Which end of the entry the position points at; a missing entry has only its parent's key. */
  readonly at?: 'key' | 'value' | undefined;
  /** Byte-exact place where the path cannot tell it (syntax faults). */
  readonly position?: Position | undefined;
  /**
   * Patterns of the entries this fault was derived from, `*` for any key. A fault is kept back while
   * one of them is itself at fault: `the number of masters is even` helps nobody who mistyped a master.
   */
  readonly needs?: readonly Path[] | undefined;
}

/** Both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function pathText(path: Path): string {
  return path.map((name) => printable(name)).join('.');
}

/** Any value from the file, safe to print: one line, quoted, control characters escaped, at most 60 characters. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return `"${printable(withoutLogin(value)).replaceAll('"', '\\"')}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return 'nothing';
}

const longest = 60;

/** `https://user:password@host` is a way to write a password where nobody looks for one. */
function withoutLogin(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//…@');
}

/** C0, C1, DEL, line separators, and the marks that reorder text on a terminal (CVE-2021-42574). */
export const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;

const everyUnprintable = new RegExp(unprintable.source, 'gu');

export function printable(value: string | number, atMost = longest): string {
  const text = String(value);
  const short = text.length > atMost ? `${text.slice(0, atMost)}…` : text;
  return short.replace(everyUnprintable, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function isSame(one: Path, other: Path): boolean {
  return one.length === other.length && touches(one, other);
}

/** True if one path lies on the way to the other, `*` matching every key. */
export function touches(one: Path, other: Path): boolean {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one[i] !== other[i] && one[i] !== '*' && other[i] !== '*') return false;
  }
  return true;
}
