import type { CheckResult } from '../check/check-result.ts';
import type { Palette } from './palette.ts';
import { hangingTable, wrap } from './table.ts';

const signs = { pass: '✔', warn: '!', fail: '✘', skip: '–' } as const;

/** A line per check, and below each that did not pass what to do about it. */
export function checkText(
  results: readonly CheckResult[],
  paint: Palette,
  columns: number,
): string {
  const lines = results.flatMap((result) => linesOf(result, columns));
  return [...lines.map((line) => inColour(line, paint)), '', counted(results)].join('\n');
}

function linesOf({ verdict, title, host, detail, remedy }: CheckResult, columns: number): string[] {
  const place = host === undefined ? '' : `${host}: `;
  const rest = [detail, ...(remedy === undefined ? [] : [`→ ${remedy}`])];
  const indented = rest.flatMap((text) => wrap(text, columns - 4).split('\n'));
  return [
    ...hangingTable([[signs[verdict], `${place}${title}`]], columns),
    ...indented.map((line) => `    ${line}`),
  ];
}

function inColour(line: string, paint: Palette): string {
  if (line.startsWith(signs.pass)) return paint.green(signs.pass) + line.slice(1);
  if (line.startsWith(signs.fail)) return paint.red(line);
  if (line.startsWith(signs.warn)) return paint.yellow(line);
  return line.startsWith(signs.skip) ? paint.magenta(line) : paint.dim(line);
}

function counted(results: readonly CheckResult[]): string {
  const verdicts = ['pass', 'warn', 'fail', 'skip'] as const;
  const words = { pass: 'passed', warn: 'warnings', fail: 'failed', skip: 'skipped' };
  return verdicts
    .map((verdict) => [results.filter((one) => one.verdict === verdict).length, words[verdict]])
    .filter(([count], index) => index % 2 === 0 || count !== 0)
    .map(([count, word]) => `${String(count)} ${String(word)}`)
    .join(', ');
}
