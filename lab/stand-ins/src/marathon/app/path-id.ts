const idSegment = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** The pattern as Marathon 1.10 prints it when it refuses an id. */
export const idPattern =
  '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$';

/** `jenkins` and `/jenkins` name the same app. */
export function absoluteId(id: string): string {
  return `/${id.replace(/^\/+|\/+$/g, '')}`;
}

/** An id inside a group may be relative to it; `..` goes up. */
export function resolveId(id: string, base: string): string {
  if (id.startsWith('/')) return absoluteId(id);
  const parts = [...base.split('/'), ...id.split('/')].filter((part) => !['', '.'].includes(part));
  const path: string[] = [];
  for (const part of parts) {
    if (part === '..') path.pop();
    else path.push(part);
  }
  return `/${path.join('/')}`;
}

export function parentOf(id: string): string {
  return id.slice(0, id.lastIndexOf('/')) || '/';
}

/** All groups above, the root left out, the highest first. */
export function ancestorsOf(id: string): string[] {
  const parent = parentOf(id);
  return parent === '/' ? [] : [...ancestorsOf(parent), parent];
}

export function isBelow(id: string, group: string): boolean {
  return group === '/' ? id !== '/' : id.startsWith(`${group}/`);
}

export function isValidId(id: string): boolean {
  return id
    .slice(1)
    .split('/')
    .every((segment) => idSegment.test(segment));
}
