import { z } from 'zod';

/** One line of `remote/lock.sh` or `remote/lock-status.sh`. */
export interface LockLine {
  readonly lock: z.infer<typeof schema>['lock'];
  readonly detail: string;
}

const schema = z.object({
  lock: z.enum(['taken', 'held', 'busy', 'free', 'unable', 'alive', 'begun', 'lost']),
  detail: z.base64(),
});

/** Undefined for anything that is no such line: a banner of the login shell, say. */
export function parseLockLine(line: string): LockLine | undefined {
  if (!line.startsWith('{"lock":')) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(line)).data;
    return parsed && { lock: parsed.lock, detail: textOf(parsed.detail) };
  } catch {
    return undefined;
  }
}

/** Without control characters: it is shown to the operator. */
function textOf(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new TextDecoder()
    .decode(bytes)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
}
