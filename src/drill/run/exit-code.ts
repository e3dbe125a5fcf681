import { exitCodes } from '../../errors.ts';
import type { Verdict } from '../judgement.ts';

const notProved: readonly Verdict[] = ['SLOW', 'VIOLATION', 'ABORTED', 'INCONCLUSIVE'];

/** Of the table in the README. Where everything was skipped nothing was proved. */
export function exitCodeFor(
  verdicts: readonly Verdict[],
  { aborted, reason }: Pick<AbortSignal, 'aborted' | 'reason'>,
): number {
  if (verdicts.includes('UNHEALED')) return exitCodes.DRILL_UNHEALED;
  if (aborted && typeof reason === 'number') return reason;
  if (verdicts.some((verdict) => notProved.includes(verdict))) return exitCodes.UNHEALTHY;
  if (verdicts.includes('REFUSED')) return exitCodes.DRILL_REFUSED;
  return verdicts.includes('PASS') ? 0 : exitCodes.UNHEALTHY;
}
