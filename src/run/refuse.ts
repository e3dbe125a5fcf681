import { ClusterError } from '../errors.ts';
import { preflight } from '../plan/preflight.ts';
import type { Missing } from '../plan/quorum-faults.ts';
import type { Order } from './engine.ts';
import type { Look } from './look.ts';

type Refusing = Pick<Order, 'skipUnreachable' | 'ignores'>;

/** Nothing is changed while anything speaks against it. */
export function refuse({ input, missing }: Look, { skipUnreachable, ignores }: Refusing): void {
  const unreachable = missing.filter(({ error }) => error.code === 'HOST_UNREACHABLE');
  if (unreachable.length < missing.length) throw summedUp(missing.map(({ error }) => error));
  const faults = preflight(input, missing).filter((fault) => ignores?.(fault) !== true);
  if (faults.length > 0) throw summedUp(faults);
  if (missing.length > 0 && !skipUnreachable)
    throw unreachableHosts(missing, 'nothing was changed');
}

function summedUp(faults: readonly ClusterError[]): ClusterError {
  const [first] = faults;
  if (first !== undefined && faults.length === 1) return first;
  return new ClusterError('HOSTS_FAILED', `${faults.length} faults; nothing was changed`, {
    parts: faults,
    remedy: 'Correct each of them, then run the same command again.',
  });
}

export function unreachableHosts(missing: readonly Missing[], others: string): ClusterError {
  const errors = missing.map(({ error }) => error);
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return first;
  return new ClusterError(
    'HOST_UNREACHABLE',
    `${errors.length} hosts cannot be reached; ${others}`,
    {
      parts: errors,
      remedy: 'Bring them back, or go on without them: --skip-unreachable.',
    },
  );
}
