import type { z } from 'zod';
import { clusterSchema, type ClusterFile } from './cluster-schema.ts';
import { type Fault, isSame, type Path, pathText, printable, show } from './fault.ts';
import { nearestOf } from './nearest.ts';
import { repaired } from './repair.ts';
import { entryOf, fieldsOf } from './schema-walk.ts';

export interface Shape {
  readonly faults: readonly Fault[];
  /** Entries that are not what the operator meant; nothing may be concluded from them. */
  readonly tainted: readonly Path[];
  /** The well-formed rest, the tainted entries replaced; undefined if there is too little of it. */
  readonly file: ClusterFile | undefined;
}

type Issue = z.core.$ZodIssue;

/** Each fault of form, and what is left to check the entries against each other. */
export function shapeOf(value: unknown): Shape {
  if (!isMapping(value)) return formless(value);
  const result = clusterSchema.safeParse(value);
  if (result.success) return { faults: [], tainted: [], file: result.data };
  const faults = withoutEchoes(result.error.issues).flatMap(faultsOf);
  const meant = faults.flatMap(({ path, nearest }) =>
    nearest === undefined ? [] : [[...path.slice(0, -1), nearest]],
  );
  const isMeant = ({ path }: Fault) => meant.some((other) => isSame(other, path));
  return {
    // `adress` is reported as unknown: that `address` is missing is the same fault again.
    faults: faults.filter((fault) => fault.nearest !== undefined || !isMeant(fault)),
    tainted: [...faults.map(({ path }) => path), ...meant],
    file: repaired(value, result.error.issues),
  };
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function formless(value: unknown): Shape {
  const what = value === null ? 'is empty' : `must be a mapping of settings, not ${show(value)}`;
  const fault = { path: [], message: `the file ${what}`, whole: true };
  return { faults: [fault], tainted: [], file: undefined };
}

/** zod 4 counts the entries of whatever has a length, also of text where a list belongs. */
function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const wrongKind = issues.filter(({ code }) => code === 'invalid_type');
  return issues.filter(
    ({ code, path }) =>
      (code !== 'too_big' && code !== 'too_small') ||
      !wrongKind.some((other) => other.path.join('\0') === path.join('\0')),
  );
}

interface ShapeFault extends Fault {
  readonly nearest?: string | undefined;
}

function faultsOf(issue: Issue): ShapeFault[] {
  const path = issue.path.filter((name) => typeof name !== 'symbol');
  if (isSecret(path)) return [{ path: path.slice(0, secretDepth), message: secretNeeded }];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path);
    return issue.keys.map((key) => unknownKey(path, key, known));
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message ?? 'is not a valid name';
    return [{ path, at: 'key', message: `the key ${why}` }];
  }
  // A wrong kind of home is a matter of the whole home.
  const place = issue.code === 'invalid_union' && path.at(-1) === 'kind' ? path.slice(0, -1) : path;
  return [{ path: place, message: issue.message }];
}

const secretDepth = 4;
const secretNeeded =
  'must be one of { file: PATH }, { env: NAME } and { command: [PROGRAM, WORD] }, never the secret itself';

/** Whatever stands in the place of a reference may be the secret itself: it is not quoted. */
function isSecret(path: Path): boolean {
  return path[0] === 'jenkins' && path[3] === 'password';
}

function unknownKey(path: Path, key: string, known: readonly string[]): ShapeFault {
  const nearest = key === '<<' ? undefined : nearestOf(key, known);
  const place = path.length === 0 ? '' : ` at ${pathText(path)}`;
  const hint = nearest === undefined ? hintFor(key, known) : `, did you mean \`${nearest}\`?`;
  const message = `unknown key \`${printable(key)}\`${place}${hint}`;
  return { path: [...path, key], at: 'key', whole: true, message, nearest };
}

const shownKeys = 12;

function hintFor(key: string, known: readonly string[]): string {
  if (key === '<<') return ': merge keys are not read, repeat the settings';
  if (known.includes(key)) return ': it belongs to another kind';
  const rest = known.length > shownKeys ? ', …' : '';
  return `, known there: ${known.slice(0, shownKeys).join(', ')}${rest}`;
}

/** Names that are allowed at a place, read from the schema itself. */
function knownKeys(path: Path): string[] {
  let schema: z.core.$ZodType | undefined = clusterSchema;
  for (const name of path) schema = schema && entryOf(schema, String(name));
  return schema ? fieldsOf(schema).map(({ name }) => name) : [];
}
