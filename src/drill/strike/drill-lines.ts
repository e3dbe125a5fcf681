import { z } from 'zod';

const schema = z.object({
  drill: z.enum([
    ...(['armed', 'renewed', 'injected', 'confirmed', 'unconfirmed'] as const),
    ...(['healed', 'unhealed', 'disarmed', 'cleared'] as const),
    ...(['refused', 'unsupported', 'failed', 'end'] as const),
  ]),
  id: z.string(),
  /** The clock of the host that no fault of ours sets, when the line was printed. */
  uptimeMs: z.number(),
  detail: z.base64(),
  deadlineMs: z.number().optional(),
  limitMs: z.number().optional(),
  hook: z.boolean().optional(),
  beforeMs: z.number().optional(),
  afterMs: z.number().optional(),
});

/** One line of a script below `templates/remote/drill`. */
export type DrillLine = z.infer<typeof schema>;

/** What a login shell prints besides is left out. */
export function drillLines(stdout: string): readonly DrillLine[] {
  return stdout.split('\n').flatMap((text) => {
    const start = text.indexOf('{"drill":');
    return start < 0 ? [] : lineIn(text.slice(start));
  });
}

function lineIn(text: string): DrillLine[] {
  try {
    const line = schema.safeParse(JSON.parse(text)).data;
    return line === undefined ? [] : [{ ...line, detail: textOf(line.detail) }];
  } catch {
    return [];
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
