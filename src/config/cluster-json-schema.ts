import { z } from 'zod';
import { clusterSchema } from './cluster-schema.ts';

/** For editors: completion and the form of each field while typing (JSON Schema 2020-12). */
export function clusterJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(clusterSchema, { io: 'input' });
}
