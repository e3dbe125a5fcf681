import { z } from 'zod';
import { exitCodes, type ErrorCode } from '../errors.ts';

/** One line of a stage script's output. */
export interface StepLine {
  readonly step: number;
  readonly result: 'started' | 'changed' | 'unchanged' | 'failed' | 'stopped';
  readonly code: ErrorCode | undefined;
  /** What the step wrote to stderr, last lines; for TOOL_MISSING the tools. */
  readonly evidence: readonly string[];
}

const schema = z.object({
  step: z.number().int().nonnegative(),
  result: z.enum(['started', 'changed', 'unchanged', 'failed', 'stopped']),
  code: z.string(),
  evidence: z.base64(),
  /** Tools that are not there, as `base64` may be among them. */
  missing: z.string().optional(),
});

/**
 * Undefined for anything that is no such line: text of a login shell, say. Text without a newline at
 * its end may stand before it in the same line.
 */
export function parseStepLine(line: string): StepLine | undefined {
  const start = line.lastIndexOf('{"step":');
  if (start < 0) return undefined;
  const parsed = schema.safeParse(jsonOf(line.slice(start))).data;
  if (parsed === undefined) return undefined;
  const { step, result, code, evidence, missing } = parsed;
  return {
    step,
    result,
    code: Object.hasOwn(exitCodes, code) ? (code as ErrorCode) : undefined,
    evidence: missing?.split(' ') ?? textOf(evidence),
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Control characters stay out of the operator's terminal. */
function textOf(base64: string): string[] {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, ' ').trimEnd())
    .filter((line) => line !== '');
}
