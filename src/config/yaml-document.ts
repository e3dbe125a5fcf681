import {
  LineCounter,
  parseDocument,
  type Document,
  type DocumentOptions,
  type ParseOptions,
  type SchemaOptions,
} from 'yaml';
import { type Fault, type Path, type Position, printable } from './fault.ts';
import { contentFaults } from './yaml-content.ts';
import { exceedsLimits } from './yaml-limits.ts';
import { keysOf, offsetOf } from './yaml-place.ts';

/** The text of a cluster file as a plain value, and where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** False where the text cannot be read as YAML: there is no value then. */
  readonly usable: boolean;
  readonly locate: (fault: Fault) => Position;
  /** Keys of a mapping in the order of the file; a JavaScript object would put `10` before `9a`. */
  readonly keys: (path: Path) => readonly string[];
}

type At = (offset: number) => Position;

export function readYaml(text: string): YamlDocument {
  const excess = exceedsLimits(text);
  if (excess !== undefined) return unusable([wholeFault(`the file ${excess}`, start)]);
  const lineCounter = new LineCounter();
  const at: At = (offset) => positionOf(lineCounter, offset);
  const document = parseDocument(text, { ...strictest, lineCounter });
  const syntax = syntaxFaults(document, at);
  if (syntax.length > 0) return unusable(syntax);
  const value = plainValue(document);
  if (value === undefined) return unusable([wholeFault('the file expands to too much', start)]);
  return {
    ...{ value, usable: true, faults: contentFaults(document, at) },
    locate: (fault) => fault.position ?? at(offsetOf(document, fault)),
    keys: (path) => keysOf(document, path),
  };
}

const strictest: ParseOptions & DocumentOptions & SchemaOptions = {
  ...({ version: '1.2', schema: 'core', merge: false } as const),
  ...{ customTags: [], resolveKnownTags: false, stringKeys: true },
  ...({ prettyErrors: false, logLevel: 'silent' } as const),
  // Duplicates are found by contentFaults: the library compares every key with every other.
  uniqueKeys: false,
};

const start: Position = { line: 1, column: 1 };

function unusable(faults: readonly Fault[]): YamlDocument {
  const locate = (fault: Fault) => fault.position ?? start;
  return { value: undefined, faults, usable: false, locate, keys: () => [] };
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The first ones only: those after them are mostly their echo. */
function syntaxFaults(document: Document.Parsed, at: At): Fault[] {
  const faults = document.errors
    .slice(0, 5)
    .map(({ message, pos }) => wholeFault(sentence(message), at(pos[0])));
  if (document.directives.yaml.version === '1.2') return faults;
  return [...faults, wholeFault('not YAML 1.2: remove the %YAML line', start)];
}

function sentence(message: string): string {
  const text = message.replace(/\.$/, '').split(/\s+/).map(printable).join(' ');
  return `not valid YAML: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function wholeFault(message: string, position: Position): Fault {
  return { path: [], message, whole: true, position };
}

/** Null for an empty file; undefined if aliases of aliases make it grow without bound. */
function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    if (cause instanceof ReferenceError) return undefined;
    throw cause;
  }
}
