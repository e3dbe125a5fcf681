import type { RemoteHost } from '../../ports.ts';
import { runThere } from '../strike/drill-script.ts';
import { notArmed } from './faults.ts';

export interface Renewed {
  readonly deadlineMs: number;
  /** It cannot be put off any further than that. */
  readonly limitMs: number;
  readonly uptimeMs: number;
}

/**
 * Puts the deadline off to `seconds` from now, never beyond its limit and never to an earlier moment.
 * Throws DRILL_NOT_ARMED if the switch has fired, or would not fire any more.
 */
export async function renew(
  remote: RemoteHost,
  { id, seconds }: { readonly id: string; readonly seconds: number },
): Promise<Renewed> {
  const words = ['renew', String(Math.ceil(seconds))];
  const line = await runThere(remote, id, { words, deadlineMs: 20_000 });
  if (line?.drill !== 'renewed') throw notArmed(remote.name, line?.detail ?? 'its folder is gone');
  const { deadlineMs = 0, limitMs = 0, uptimeMs } = line;
  return { deadlineMs, limitMs, uptimeMs };
}
