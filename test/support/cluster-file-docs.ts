import { clusterJsonSchema } from '../../src/config/cluster-json-schema.ts';

interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly oneOf?: readonly JsonSchema[];
}

export interface Row {
  readonly field: string;
  /** Undefined if the field may be left out without one. */
  readonly default: string | undefined;
  readonly required: boolean;
  readonly meaning: string;
}

/** Every field of the cluster file, as its JSON Schema describes it. */
export function fieldRows(): Row[] {
  return rowsOf(clusterJsonSchema(), '');
}

function rowsOf(schema: JsonSchema, prefix: string): Row[] {
  const alternatives = (schema.oneOf ?? []).flatMap((one) => rowsOf(one, prefix));
  const named = schema.additionalProperties;
  const byName = typeof named === 'object' ? rowsOf(named, `${prefix}NAME.`) : [];
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(hasFields(field) ? [] : [rowOf(schema, name, prefix)]),
    ...rowsOf(field, `${prefix}${name}.`),
  ]);
  return [...fields, ...byName, ...alternatives];
}

function hasFields({ properties, oneOf, additionalProperties }: JsonSchema): boolean {
  const named = typeof additionalProperties === 'object' ? additionalProperties : {};
  return properties !== undefined || oneOf !== undefined || named.properties !== undefined;
}

function rowOf(schema: JsonSchema, name: string, prefix: string): Row {
  const field = schema.properties?.[name] ?? {};
  const shown = typeof field.default === 'string' ? field.default : JSON.stringify(field.default);
  return {
    field: `${prefix}${name}`,
    default: field.default === undefined ? undefined : shown,
    required: schema.required?.includes(name) === true && field.default === undefined,
    meaning: field.const === undefined ? (field.description ?? '') : `The word \`${field.const}\`.`,
  };
}

/** `docs/cluster-file.md`, whole. */
export function clusterFileDocs(prose: {
  readonly before: string;
  readonly after: string;
}): string {
  const sections = new Map<string, Row[]>();
  for (const row of fieldRows()) {
    const [section = '', ...rest] = row.field.split('.');
    const name = rest.length === 0 ? 'Top level' : `\`${section}\``;
    sections.set(name, [...(sections.get(name) ?? []), row]);
  }
  const tables = [...sections].map(([name, rows]) => `### ${name}\n\n${table(rows)}\n`);
  return `${prose.before}\n${tables.join('\n')}\n${prose.after}`;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| \`${row.field}\` | ${defaultText(row)} | ${row.meaning} |`);
  return ['| Field | Default | Meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

function defaultText({ default: value, required }: Row): string {
  if (required) return '**required**';
  return value === undefined ? '–' : `\`${value}\``;
}
