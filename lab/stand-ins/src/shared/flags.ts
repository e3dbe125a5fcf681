import { readFileSync } from 'node:fs';
import { parseBytes, parseDurationMs, parseNumber } from './quantities.ts';

type FlagKind = 'text' | 'path' | 'boolean' | 'integer' | 'number' | 'duration' | 'bytes';

interface FlagDefinition {
  readonly kind: FlagKind;
  readonly default?: string;
  readonly aliases?: readonly string[];
  /** Without a value the program does not start. */
  readonly required?: true;
}

export type FlagDefinitions = Readonly<Record<string, FlagDefinition>>;

export interface FlagSource {
  readonly definitions: FlagDefinitions;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `MESOS_`: `MESOS_WORK_DIR` is read as `--work_dir`. */
  readonly prefix: string;
  readonly readFile?: (path: string) => string;
}

/** A flag that Mesos would refuse; the text is Mesos' own. The program prints it and exits with 1. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Values after parsing. Asking for a name or kind that was not defined is a bug and throws. */
export class Flags {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  required(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new FlagError(`Missing required option --${name}`);
    return value;
  }

  isOn(name: string): boolean {
    return ['true', '1'].includes(this.required(name));
  }

  number(name: string): number {
    return parseNumber(this.required(name));
  }

  durationMs(name: string): number {
    return parseDurationMs(this.required(name));
  }

  bytes(name: string): number {
    return parseBytes(this.required(name));
  }

  /** What `/flags` shows: every flag that has a value, as text, by name. */
  entries(): Record<string, string> {
    return Object.fromEntries([...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

interface Given {
  readonly name: string;
  readonly value: string | undefined;
  readonly fromCommandLine: boolean;
}

/**
 * The rules of stout's flags.hpp (Mesos 1.11): `--flag=value` only, `--no-flag`, the command line beats the
 * environment, an unknown flag is fatal on the command line and ignored in the environment.
 */
export function parseFlags(source: FlagSource): Flags {
  const names = aliasTable(source.definitions);
  const given = [...fromEnvironment(source, names), ...fromArguments(source.argv)];
  const values = new Map<string, string>();
  for (const [name, { default: value }] of Object.entries(source.definitions)) {
    if (value !== undefined) values.set(name, value);
  }
  const loadedBy = new Map<string, string>();
  for (const one of given) {
    const flag = resolve(one, names);
    if (one.fromCommandLine) refuseSecondLoad({ flag, by: one.name, loadedBy });
    values.set(flag.name, load(source, flag, one));
  }
  refuseMissing(source.definitions, values);
  return new Flags(values);
}

function refuseMissing(definitions: FlagDefinitions, values: ReadonlyMap<string, string>): void {
  const missing = Object.entries(definitions).find(
    ([name, { required }]) => required === true && !values.has(name),
  );
  // Asked for its version or for help, the program needs nothing.
  if (missing === undefined || values.get('version') === 'true' || values.get('help') === 'true') {
    return;
  }
  throw new FlagError(`Flag '${missing[0]}' is required, but it was not provided`);
}

function aliasTable(definitions: FlagDefinitions): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(definitions).flatMap(([name, { aliases = [] }]) =>
      [name, ...aliases].map((spelling) => [spelling, name] as const),
    ),
  );
}

function fromEnvironment(source: FlagSource, names: ReadonlyMap<string, string>): Given[] {
  return Object.entries(source.env)
    .filter(([key]) => key.startsWith(source.prefix))
    .map(([key, value]) => ({
      name: key.slice(source.prefix.length).toLowerCase(),
      value,
      fromCommandLine: false,
    }))
    .filter(({ name }) => names.has(name.replace(/^no-/, '')));
}

function fromArguments(argv: readonly string[]): Given[] {
  const end = argv.indexOf('--');
  return argv
    .slice(0, end === -1 ? argv.length : end)
    .filter((argument) => argument.startsWith('--'))
    .map((argument) => {
      const at = argument.indexOf('=');
      const name = argument.slice(2, at === -1 ? undefined : at);
      const value = at === -1 ? undefined : argument.slice(at + 1);
      return { name, value, fromCommandLine: true };
    });
}

interface ResolvedFlag {
  readonly name: string;
  readonly spelling: string;
  readonly negated: boolean;
}

function resolve(given: Given, names: ReadonlyMap<string, string>): ResolvedFlag {
  const negated = !names.has(given.name) && given.name.startsWith('no-');
  const spelling = negated ? given.name.slice('no-'.length) : given.name;
  const name = names.get(spelling);
  if (name === undefined) {
    throw new FlagError(
      `Failed to load unknown flag '${spelling}'${negated ? ` via '${given.name}'` : ''}`,
    );
  }
  return { name, spelling, negated };
}

function refuseSecondLoad(load: {
  flag: ResolvedFlag;
  by: string;
  loadedBy: Map<string, string>;
}): void {
  const before = load.loadedBy.get(load.flag.name);
  if (before !== undefined) {
    throw new FlagError(`Flag '${load.flag.spelling}' is already loaded via name '${before}'`);
  }
  load.loadedBy.set(load.flag.name, load.by);
}

function load(source: FlagSource, flag: ResolvedFlag, given: Given): string {
  const kind = source.definitions[flag.name]?.kind ?? 'text';
  const raw = kind === 'boolean' ? booleanText(flag, given) : plainText(flag, given);
  const value = kind === 'path' ? raw.replace(/^file:\/\//, '') : fetched(source, flag, raw);
  try {
    checkValue(kind, value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FlagError(
      `Failed to load flag '${flag.spelling}': Failed to load value '${value}': ${reason}`,
      { cause },
    );
  }
  return value;
}

function booleanText(flag: ResolvedFlag, given: Given): string {
  if (given.value === undefined || given.value === '') return flag.negated ? 'false' : 'true';
  if (!flag.negated) return given.value;
  throw new FlagError(
    `Failed to load boolean flag '${flag.spelling}' via '${given.name}' with value '${given.value}'`,
  );
}

function plainText(flag: ResolvedFlag, given: Given): string {
  if (flag.negated) {
    throw new FlagError(`Failed to load non-boolean flag '${flag.spelling}' via '${given.name}'`);
  }
  if (given.value === undefined) {
    throw new FlagError(`Failed to load non-boolean flag '${flag.spelling}': Missing value`);
  }
  return given.value;
}

function fetched(source: FlagSource, flag: ResolvedFlag, raw: string): string {
  if (!raw.startsWith('file://')) return raw;
  const path = raw.slice('file://'.length);
  const read = source.readFile ?? ((file: string) => readFileSync(file, 'utf8'));
  try {
    return read(path);
  } catch (cause) {
    throw new FlagError(
      `Failed to load flag '${flag.spelling}': Failed to fetch value: Error reading file '${path}'`,
      { cause },
    );
  }
}

function checkValue(kind: FlagKind, value: string): void {
  if (kind === 'duration') parseDurationMs(value);
  if (kind === 'bytes') parseBytes(value);
  if (kind === 'number') parseNumber(value);
  if (kind === 'integer' && !Number.isInteger(parseNumber(value))) {
    throw new Error('Failed to convert into required type');
  }
  if (kind === 'boolean' && !['true', '1', 'false', '0'].includes(value)) {
    throw new Error('Expecting a boolean (e.g., true or false)');
  }
}
