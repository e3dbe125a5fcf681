import { z } from 'zod';
import { exitCodes, type ErrorCode } from '../errors.ts';

/** One line of a stage script's output. */
export interface StepLine {
  readonly step: number;
  readonly result: 'started' | 'changed' | 'unchanged' | 'failed' | 'stopped';
  readonly code: ErrorCode | undefined;
  /** What the step wrote to stderr, last lines. */
  readonly evidence: readonly string[];
}

const schema = z.object({
  step: z.number().int().nonnegative(),
  result: z.enum(['started', 'changed', 'unchanged', 'failed', 'stopped']),
  code: z.string(),
  evidence: z.base64(),
});

/** Undefined for anything that is no such line: a banner of the login shell, say. */
export function parseStepLine(line: string): StepLine | undefined {
  if (!line.startsWith('{"step":')) return undefined;
  const parsed = schema.safeParse(jsonOf(line)).data;
  if (parsed === undefined) return undefined;
  const { step, result, code, evidence } = parsed;
  return {
    step,
    result,
    code: Object.hasOwn(exitCodes, code) ? (code as ErrorCode) : undefined,
    evidence: textOf(evidence),
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
