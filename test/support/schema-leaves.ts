import type { z } from 'zod';
import { fieldsOf } from '../../src/config/schema-walk.ts';

export interface Leaf {
  /** `*` for the names of a mapping and for the entries of a list. */
  readonly path: readonly string[];
  readonly schema: z.core.$ZodType;
}

/** Every field of a schema that has no fields of its own; names of mappings as a leaf `(name)`. */
export function leavesOf(schema: z.core.$ZodType, path: readonly string[] = []): Leaf[] {
  const fields = fieldsOf(schema);
  if (fields.length > 0) {
    return fields.flatMap(({ name, schema: inner }) => leavesOf(inner, [...path, name]));
  }
  const { def } = unwrapped(schema)._zod;
  if (def.type === 'record') {
    const name = { path: [...path, '(name)'], schema: def.keyType };
    return [name, ...leavesOf(def.valueType, [...path, '*'])];
  }
  if (def.type === 'array') return leavesOf(def.element, path);
  return [{ path, schema }];
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodTypes {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault') {
    return unwrapped(def.innerType);
  }
  return schema as z.core.$ZodTypes;
}
