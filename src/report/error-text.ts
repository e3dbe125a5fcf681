import type { ClusterError } from '../errors.ts';
import type { Palette } from './palette.ts';
import { printable } from './screen.ts';

/** What, where, why, and what to type next; the evidence indented between. */
export function errorText(error: ClusterError, paint: Palette): string {
  const lines = [
    `${paint.red('✘')} ${error.message} ${paint.dim(`[${error.code}]`)}`,
    ...error.evidence.map((line) => `    ${paint.dim('│')} ${printable(line)}`),
    ...(error.parts.length === 0 ? [`  ${paint.cyan('→')} ${error.remedy}`] : []),
    ...error.parts.flatMap((part) => indented(errorText(part, paint))),
    ...(error.parts.length === 0 ? [] : [`${paint.cyan('→')} ${error.remedy}`]),
  ];
  return lines.join('\n');
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly host: string | null;
  readonly remedy: string;
  readonly evidence: readonly string[];
  readonly parts: readonly ErrorDocument[];
}

export function errorDocument(error: ClusterError): ErrorDocument {
  const { code, message, host, remedy, evidence, parts } = error;
  return { code, message, host: host ?? null, remedy, evidence, parts: parts.map(errorDocument) };
}
