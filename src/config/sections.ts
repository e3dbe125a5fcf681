import { z } from 'zod';
import { show } from './fault.ts';
import { nearestOf } from './nearest.ts';

export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'invalid_type' ? missingOr('a mapping of settings', issue.input) : undefined,
  });
}

export function mapOf<Key extends z.ZodString, Value extends z.ZodType>(key: Key, value: Value) {
  return z.record(key, value, {
    error: (issue) =>
      issue.code === 'invalid_type' ? missingOr('a mapping by name', issue.input) : undefined,
  });
}

export function listOf<Item extends z.ZodType>(item: Item, min: number, max: number) {
  const range = `must have ${String(min)} to ${String(max)} entries`;
  return z
    .array(item, { error: ({ input }) => missingOr('a list', input) })
    .min(min, { error: range })
    .max(max, { error: range });
}

export function oneOf<const Values extends readonly string[]>(what: string, values: Values) {
  return z.enum(values, {
    error: ({ input }) =>
      missingOr(`${what} (${values.join(', ')})`, input) + hintFor(input, values),
  });
}

function hintFor(input: unknown, values: readonly string[]): string {
  const nearest = typeof input === 'string' ? nearestOf(input, values) : undefined;
  return nearest === undefined ? '' : `, did you mean \`${nearest}\`?`;
}

function missingOr(what: string, input: unknown): string {
  return input === undefined ? `is missing: write ${what}` : `must be ${what}, not ${show(input)}`;
}
