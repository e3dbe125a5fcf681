import type { z } from 'zod';

/** JSON leaves undefined fields out; null stands for them where somebody wrote it. */
export function absent<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}
