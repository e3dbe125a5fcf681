import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { ClusterError } from '../errors.ts';
import type { Health } from '../health/model.ts';
import { schemaVersion } from '../run/events.ts';
import { errorDocument } from './error-text.ts';

export interface Outcome {
  readonly command: string;
  readonly spec: Pick<ClusterSpec, 'name' | 'notice'> | undefined;
  readonly exitCode: number;
  readonly error?: ClusterError | undefined;
  readonly health?: Health | undefined;
  /** Fields of the command itself. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The one JSON document of a command; null stands for what is not known. */
export function resultDocument(outcome: Outcome): Readonly<Record<string, unknown>> {
  const { command, spec, exitCode, error, health, more } = outcome;
  return {
    schemaVersion,
    command,
    cluster: spec?.name ?? null,
    ...(spec?.notice === undefined ? {} : { notice: spec.notice }),
    ok: exitCode === 0,
    exitCode,
    ...more,
    ...(health === undefined ? {} : { health: withNulls(health) }),
    ...(error === undefined ? {} : { error: errorDocument(error) }),
  };
}

/** JSON leaves undefined fields out; a reader should find every field. */
export function withNulls(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withNulls(part)]));
}
