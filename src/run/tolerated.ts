import { ClusterError } from '../errors.ts';
import type { Stage } from '../plan/step.ts';
import type { Run } from './run.ts';

type Bounded = Extract<Stage, { kind: 'hosts' | 'gate' }>;

/**
 * Takes note of hosts that failed, if the plan allows so many. What is unknown is not tolerated: the
 * host may still be at it.
 */
export function tolerates(
  { failures, report }: Run,
  { maxFailures = 0 }: Pick<Bounded, 'maxFailures'>,
  failed: readonly ClusterError[],
): boolean {
  const hosts = failed.flatMap(({ host }) => (host === undefined ? [] : [host]));
  const isKnown =
    hosts.length === failed.length && failed.every(({ code }) => code !== 'RESULT_UNKNOWN');
  const total = new Set([...failures.keys(), ...hosts]).size;
  if (failed.length === 0 || !isKnown || total > maxFailures) return false;
  for (const error of failed) {
    failures.set(error.host ?? '', error);
    report({ kind: 'note', text: `${error.message}; ${total} of ${maxFailures} may fail` });
  }
  return true;
}

/** The run went on past them, but it did not do what was asked for. */
export function tellFailures({ failures }: Run): void {
  const faults = [...failures.values()];
  const [first] = faults;
  if (first !== undefined) throw faults.length === 1 ? first : hostsFailed(faults, undefined);
}

export function hostsFailed(parts: readonly ClusterError[], total?: number): ClusterError {
  const message =
    total === undefined
      ? `all others are done, but ${parts.length} hosts failed`
      : `failed on ${parts.length} of ${total} hosts`;
  return new ClusterError('HOSTS_FAILED', message, {
    parts,
    remedy:
      'Correct what is named for each host, then run the same command again: it goes on where it stopped.',
  });
}
