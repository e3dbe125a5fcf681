import { json, type Answer, type Request } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import { restrict } from '../tree.ts';

/** An answer of `api/json`. */
export function api(request: Request, value: unknown, status = 200): Answer {
  return json(restrict(value, request.query.get('tree')), status);
}

/** How far nested objects are spelled out: `?depth=`, or as far as `?tree=` asks. */
export function depthOf({ query }: Request): number {
  return (query.get('tree') ?? '') === '' ? Number(query.get('depth') ?? 0) : Infinity;
}

export function rootOf(controller: Controller, request: Request): string {
  return controller.url(request.headers.host);
}

export function jobUrl(root: string, name: string): string {
  return `${root}job/${encodeURIComponent(name)}/`;
}

/** To a page of this Jenkins, as most POSTs end. */
export function redirect(controller: Controller, path: string): Answer {
  return { status: 302, headers: { Location: `${controller.settings.prefix}${path}` } };
}
