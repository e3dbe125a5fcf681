import { ClusterError } from '../errors.ts';
import type { ChangeRecord } from './engine.ts';
import type { Report } from './events.ts';
import type { LeftStep } from './ledger.ts';

interface Circumstances {
  readonly lost: AbortSignal;
  /** By the operator. */
  readonly interrupted: boolean;
  readonly record: ChangeRecord;
}

/** What really ended the run: a lock that was lost stops everything else like an interrupt. */
export function whatEnded(error: unknown, { lost, interrupted, record }: Circumstances): unknown {
  if (!(error instanceof ClusterError) || error.code !== 'INTERRUPTED') return error;
  if (!interrupted && lost.aborted) return lost.reason;
  return stopped(record, error);
}

/** Lines of each kind that are shown; `ci-cluster runs` has them all. */
const shownLines = 12;

function stopped(record: ChangeRecord, cause: ClusterError): ClusterError {
  const { changes, run } = record;
  const left = run?.left ?? [];
  const done = changes.map(({ host, step }) => `done on ${host}: ${step}`);
  return new ClusterError(
    'INTERRUPTED',
    `stopped after ${counted(changes.length, 'change')}, with ${counted(left.length, 'step')} left`,
    {
      cause,
      evidence: [...shortened(done), ...shortened(left.map(leftLine))],
      remedy: `To go on from here: ci-cluster resume. All steps: ci-cluster runs ${run?.id ?? ''}`,
    },
  );
}

function leftLine({ host, step, result }: LeftStep): string {
  const place = host === '' ? '' : ` on ${host}`;
  return result === 'unknown'
    ? `still at it${place}, or cut off: ${step}`
    : `left${place}: ${step}`;
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= shownLines) return lines;
  return [...lines.slice(0, shownLines), `… and ${lines.length - shownLines} more`];
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** What was done and what to type next; an interrupt has told it itself. */
export function tellEnd(fault: unknown, { changes, run }: ChangeRecord, report: Report): void {
  if (run === undefined || run.left.length === 0) return;
  if (fault instanceof ClusterError && fault.code === 'INTERRUPTED') return;
  const made = `${counted(changes.length, 'change')} made, ${counted(run.left.length, 'step')} left`;
  const text = `run ${run.id}: ${made}; ci-cluster resume goes on from there`;
  report({ kind: 'note', text });
}
