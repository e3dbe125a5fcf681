import { createHash } from 'node:crypto';
import type { Container, ManagedFile } from '../services/service.ts';

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Fingerprint of a container: its definition and the files it reads. Secrets stay out (a hash in a
 * label would invite guessing); a changed secret shows as a file that is newer than the container.
 */
export function containerFingerprint(container: Container, files: readonly ManagedFile[]): string {
  const contents = files.map(({ path, content, mode, owner }) => ({
    path,
    mode,
    owner,
    content: typeof content === 'string' ? sha256(content) : 'secret',
  }));
  return sha256(canonical({ container, contents })).slice(0, 32);
}

export function fingerprintOf(value: unknown): string {
  return sha256(canonical(value)).slice(0, 32);
}

/** JSON with sorted keys: equal values give equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const entries = Object.entries(part);
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
