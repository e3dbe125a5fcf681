import { structuredPatch } from 'diff';

export interface TextDiff {
  /** Hunk headers, context, `-` and `+` lines. */
  readonly lines: readonly string[];
  readonly added: number;
  readonly removed: number;
}

const contextLines = 3;
/** A pathological pair of texts must not hold the plan up. */
const mostEdits = 5000;

/** Undefined where the texts have too little in common to be told line by line. */
export function textDiff(before: string, after: string): TextDiff | undefined {
  const options = { context: contextLines, maxEditLength: mostEdits };
  const patch = structuredPatch('', '', before, after, '', '', options);
  if (patch === undefined) return undefined;
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]);
  return { lines, added: count(lines, '+'), removed: count(lines, '-') };
}

function count(lines: readonly string[], sign: string): number {
  return lines.filter((line) => line.startsWith(sign)).length;
}
