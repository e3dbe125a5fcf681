import { Document, isMap, isScalar } from 'yaml';
import type { ConfigView } from './config-view.ts';

export type ConfigFormat = 'yaml' | 'json';

/** The part as text; for a single value just that. */
export function configText(part: unknown, format: ConfigFormat): string {
  if (format === 'json') return JSON.stringify(part, undefined, 2);
  if (typeof part === 'string') return part;
  const document = new Document(part, { aliasDuplicateObjects: false });
  if (isMap(document.contents)) {
    const computed = document.contents.items.find(
      ({ key }) => isScalar(key) && key.value === 'computed',
    );
    if (isScalar(computed?.key)) computed.key.commentBefore = ` ${note}`;
  }
  return document.toString({ lineWidth: 0 }).trimEnd();
}

const note = 'From here on computed: follows from what is above, and is not written into the file.';

/** Undefined where the view has no such part; `known` are the names that lead on from the last one. */
export function partOf(view: ConfigView, path: string): { part: unknown } | Nowhere {
  let part: unknown = view;
  let rest = path;
  while (rest !== '') {
    const names = namesIn(part);
    // A name may have dots in it.
    const name = names.find((one) => rest === one || rest.startsWith(`${one}.`));
    if (name === undefined) return { missing: rest.split('.')[0] ?? rest, known: names };
    part = (part as Record<string, unknown>)[name];
    rest = rest.slice(name.length + 1);
  }
  return { part };
}

export interface Nowhere {
  readonly missing: string;
  readonly known: readonly string[];
}

function namesIn(part: unknown): readonly string[] {
  return typeof part === 'object' && part !== null ? Object.keys(part) : [];
}
