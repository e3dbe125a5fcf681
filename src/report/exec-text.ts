import type { HostResult } from '../run/exec-on-hosts.ts';
import { errorDocument } from './error-text.ts';
import type { Palette } from './palette.ts';
import { printable } from './screen.ts';
import { table } from './table.ts';

export type Mask = (text: string) => string;

/** How the output of a host is told apart from that of the others. */
export type ExecForm = 'bare' | 'titled' | 'prefixed';

export interface Streams {
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** What the host wrote; under a title both streams stand together, or nobody knew whose they are. */
export function execText(result: HostResult, form: ExecForm, paint: Palette): Streams {
  const { out, err } = streamsOf(result);
  const title = `── ${result.host} ── ${endOf(result)}`;
  const name = paint.cyan(`${result.host}:`);
  const prefixed = (line: string): string => `${name} ${line}`;
  switch (form) {
    case 'bare':
      return { out, err };
    case 'prefixed':
      return { out: out.map(prefixed), err: err.map(prefixed) };
    case 'titled':
      return { out: [(isGood(result) ? paint.cyan : paint.red)(title), ...out, ...err], err: [] };
  }
}

function streamsOf(result: HostResult): Streams {
  if (result.kind === 'failed') return { out: [], err: [] };
  const { stdout, stderr, truncated } = result.ran;
  const note = truncated ? ['… the rest was left out: more than 4 MiB'] : [];
  return { out: textLines(stdout), err: [...textLines(stderr), ...note] };
}

function textLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n').map(printable);
}

export function isGood(result: HostResult): boolean {
  return result.kind === 'ran' && result.ran.exitCode === 0;
}

function endOf(result: HostResult): string {
  if (result.kind === 'failed') return result.error.message;
  const { exitCode, signal } = result.ran;
  return exitCode === undefined ? `ended by ${signal ?? 'a signal'}` : `exit code ${exitCode}`;
}

/** One line for each host; for the end of a run in which not all went well. */
export function exitTable(results: readonly HostResult[], paint: Palette): string[] {
  const rows = results.map((result) => [
    isGood(result) ? paint.green('✔') : paint.red('✘'),
    result.host,
    endOf(result),
  ]);
  return table(rows);
}

export function execDocuments(results: readonly HostResult[], mask: Mask): readonly object[] {
  return results.map((result) => {
    const { host, elapsedMs } = result;
    if (result.kind === 'failed') {
      const error = errorDocument(result.error);
      return { host, elapsedMs, ...notRun, error };
    }
    const { exitCode, signal, stdout, stderr, truncated } = result.ran;
    return {
      ...{ host, elapsedMs, exitCode: exitCode ?? null, signal: signal ?? null },
      ...{ stdout: mask(stdout), stderr: mask(stderr), truncated, error: null },
    };
  });
}

const notRun = { exitCode: null, signal: null, stdout: '', stderr: '', truncated: false };
