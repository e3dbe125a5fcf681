import { Composer, LineCounter, type Document } from 'yaml';
import { type Path, type Position, printable } from './fault.ts';
import { offsetOf } from './yaml-place.ts';
import { boundedTokens } from './yaml-tokens.ts';

export type Tree = Readonly<Record<string, unknown>>;

/** A further JCasC file: its settings, and where each of them stands. */
export interface Fragment {
  /** Empty if the text cannot be read. */
  readonly value: Tree;
  readonly faults: readonly FragmentFault[];
  readonly locate: (path: Path) => Position;
}

export interface FragmentFault {
  readonly message: string;
  readonly position: Position;
}

const start: Position = { line: 1, column: 1 };

/** As JCasC reads it: YAML 1.1 without duplicate keys; `${…}` is resolved later, by Jenkins. */
export function readFragment(text: string): Fragment {
  const lineCounter = new LineCounter();
  const tokens = boundedTokens(text, lineCounter, 'fragment');
  if (typeof tokens === 'string') return unreadable(tokens);
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const options = { version: '1.1', stringKeys: true, prettyErrors: false } as const;
  const [document, second] = new Composer(options).compose(tokens, true, text.length);
  if (document === undefined) return unreadable('is empty');
  if (second !== undefined) return unreadable('has a second document', at(second.range[0]));
  const [error] = document.errors;
  if (error !== undefined)
    return unreadable(`is not valid YAML: ${reasonOf(error.message)}`, at(error.pos[0]));
  return settingsOf(document, at);
}

function unreadable(message: string, position = start): Fragment {
  return { value: {}, faults: [{ message, position }], locate: () => start };
}

/** Without what the library quotes from the text. */
function reasonOf(message: string): string {
  const [reason = ''] = message.replace(/\.$/, '').split(/(?<=\S):\s/);
  return printable(`${reason.charAt(0).toLowerCase()}${reason.slice(1)}`, 200);
}

function settingsOf(document: Document.Parsed, at: (offset: number) => Position): Fragment {
  const value = plainValue(document);
  if (value === undefined) return unreadable('has aliases that expand to too much');
  if (!isTree(value)) return unreadable('must be a mapping like "jenkins: …"');
  const locate = (path: Path) => at(offsetOf(document, { path, at: 'key', message: '' }));
  return { value, faults: [], locate };
}

/** SnakeYAML follows 50 aliases (JCasC's limit, CASC_YAML_MAX_ALIASES). */
function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 }) as unknown;
  } catch (cause) {
    if (cause instanceof ReferenceError) return undefined;
    throw cause;
  }
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
