import type { Answer, Request } from '../../shared/http.ts';
import { ApiFault } from '../core/api-fault.ts';

export type Body = string | number | boolean | null | readonly unknown[] | Record<string, unknown>;

export function parseBody({ body }: Request): Body {
  try {
    return JSON.parse(body.toString('utf8')) as Body;
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    throw new ApiFault(400, { message: 'Invalid JSON', details });
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `?force` and `?force=true` both mean yes. */
export function boolean({ query }: Request, name: string, fallback: boolean): boolean {
  const value = query.get(name);
  return value === null ? fallback : value !== 'false';
}

/** What every answer that starts a deployment carries. */
export function accepted(answer: Answer, deploymentId: string): Answer {
  return { ...answer, headers: { ...answer.headers, 'Marathon-Deployment-Id': deploymentId } };
}
