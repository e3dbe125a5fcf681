import type { z } from 'zod';

/** JSON leaves undefined fields out; null stands for them where somebody wrote it. */
export function absent<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** With every field, the optional ones, too: a schema that forgets one would lose it without a word. */
export type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? {
        readonly [Key in keyof T]-?: Whole<T[Key]> | (undefined extends T[Key] ? undefined : never);
      }
    : T;
