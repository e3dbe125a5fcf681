import type { Health } from '../health/model.ts';
import { wrap } from './table.ts';

/** What sharing one pool saves; nothing where nothing is shared or known. */
export function poolLines({ pool }: Pick<Health, 'pool'>, columns: number): string[] {
  if (pool === undefined || pool.builds === 0) return [];
  const { windowHours, builds, peak, peaks } = pool;
  const parts = peaks.map((one) => `${one.controller} ${one.peak}`).join(', ');
  const apart = peaks.reduce((sum, one) => sum + one.peak, 0);
  const text = `Last ${windowHours} h: ${builds} builds, at most ${peak} at once; static build machines per controller: ${apart} (${parts}).`;
  return wrap(text, columns).split('\n');
}
