import {
  Composer,
  LineCounter,
  type Document,
  type DocumentOptions,
  type ErrorCode,
  type ParseOptions,
  type SchemaOptions,
  type YAMLParseError,
} from 'yaml';
import { type Fault, type Path, type Position, printable } from './fault.ts';
import { contentFaults, tagsUnused, unknownAlias } from './yaml-content.ts';
import { isWritten, keysOf, offsetOf } from './yaml-place.ts';
import { boundedTokens } from './yaml-tokens.ts';

/** The text of a cluster file as a plain value, and where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** False where the text cannot be read as YAML: there is no value then. */
  readonly usable: boolean;
  readonly locate: (fault: Fault) => Position;
  /** Keys of a mapping in the order of the file; a JavaScript object would put `10` before `9a`. */
  readonly keys: (path: Path) => readonly string[];
  /** False where only a default stands. */
  readonly has: (path: Path) => boolean;
}

type At = (offset: number) => Position;

export function readYaml(text: string): YamlDocument {
  const lineCounter = new LineCounter();
  const at: At = (offset) => positionOf(lineCounter, offset);
  const tokens = boundedTokens(text, lineCounter);
  if (typeof tokens === 'string') return unusable([wholeFault(`the file ${tokens}`, start)]);
  const [document, second] = new Composer(strictest).compose(tokens, true, text.length);
  if (document === undefined) return unusable([wholeFault('the file is empty', start)]);
  const syntax = syntaxFaults(document, at);
  if (second) syntax.push(wholeFault(twoDocuments, at(second.range[0])));
  if (syntax.length > 0) return unusable(syntax);
  const faults = contentFaults(document, at);
  const value = plainValue(document);
  if (value === undefined) return unusable([...faults, ...unexpandable(faults)]);
  return {
    ...{ value, usable: true, faults },
    locate: (fault) => fault.position ?? at(offsetOf(document, fault)),
    keys: (path) => keysOf(document, path),
    has: (path) => isWritten(document, path),
  };
}

const twoDocuments = 'not valid YAML: a cluster file is one document: remove the line "---"';

const strictest: ParseOptions & DocumentOptions & SchemaOptions = {
  ...({ version: '1.2', schema: 'core', merge: false } as const),
  ...{ customTags: [], resolveKnownTags: false, stringKeys: true },
  ...({ prettyErrors: false, logLevel: 'error' } as const),
  // Duplicates are found by contentFaults: the library compares every key with every other.
  uniqueKeys: false,
};

const start: Position = { line: 1, column: 1 };

function unusable(faults: readonly Fault[]): YamlDocument {
  const locate = (fault: Fault) => fault.position ?? start;
  return { value: undefined, faults, usable: false, locate, keys: () => [], has: () => false };
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The first ones only: those after them are mostly their echo. */
function syntaxFaults(document: Document.Parsed, at: At): Fault[] {
  const faults = document.errors
    .slice(0, 5)
    .map((error) => wholeFault(`not valid YAML: ${reasonOf(error)}`, at(error.pos[0])));
  if (document.directives.yaml.version === '1.2') return faults;
  return [...faults, wholeFault('not YAML 1.2: remove the %YAML line', start)];
}

/** The library quotes the text in some messages, after a colon: it may be a password without quotes. */
function reasonOf({ code, message }: Pick<YAMLParseError, 'code' | 'message'>): string {
  const [reason = ''] = message.replace(/\.$/, '').split(/(?<=\S):\s/);
  return ownWords[code] ?? printable(`${reason.charAt(0).toLowerCase()}${reason.slice(1)}`, 200);
}

const ownWords: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: unknownAlias,
  BAD_COLLECTION_TYPE: tagsUnused,
  BAD_DIRECTIVE: 'text that begins with "%" needs quotes',
  BAD_DQ_ESCAPE: 'unknown escape after "\\" in double quotes',
  NON_STRING_KEY: 'a key must be plain text',
  TAG_RESOLVE_FAILED: tagsUnused,
};

function wholeFault(message: string, position: Position): Fault {
  return { path: [], message, whole: true, position };
}

/** Unresolved aliases have been reported already. */
function unexpandable(faults: readonly Fault[]): Fault[] {
  return faults.length > 0 ? [] : [wholeFault('the aliases expand to too much', start)];
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
