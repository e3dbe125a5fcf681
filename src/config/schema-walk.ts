import type { z } from 'zod';

type Schema = z.core.$ZodType;

export interface Field {
  readonly name: string;
  readonly schema: Schema;
}

/** The fields of a section (of all alternatives, if it has several); none for anything else. */
export function fieldsOf(schema: Schema): Field[] {
  const { def } = bare(schema)._zod;
  if (def.type === 'union') return def.options.flatMap(fieldsOf);
  if (def.type !== 'object') return [];
  return Object.entries(def.shape).map(([name, field]) => ({ name, schema: field }));
}

/** What stands below a name: a field of a section, or the entry of a mapping by name. */
export function entryOf(schema: Schema, name: string): Schema | undefined {
  const { def } = bare(schema)._zod;
  if (def.type === 'record') return def.valueType;
  return fieldsOf(schema).find((field) => field.name === name)?.schema;
}

/** Without the wrappers for defaults, absence and conversion. */
function bare(schema: Schema): z.core.$ZodTypes {
  const typed = schema as z.core.$ZodTypes;
  const { def } = typed._zod;
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault') {
    return bare(def.innerType);
  }
  return def.type === 'pipe' ? bare(def.in) : typed;
}
