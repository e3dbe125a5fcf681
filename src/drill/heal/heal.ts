import type { RemoteHost } from '../../ports.ts';
import { runThere } from '../strike/drill-script.ts';
import { unhealed } from './faults.ts';

export interface Healed {
  /** Who was first, and when: `failover-drill at 81234 ms`, `the switch at 81234 ms`. */
  readonly by: string;
  readonly uptimeMs: number;
}

const healS = 30;

/**
 * Takes everything of the drill back and looks that it is so. Does not hear Ctrl-C. Throws
 * DRILL_UNHEALED, and leaves the switch armed, if something is not as it was within half a minute.
 */
export async function heal(remote: RemoteHost, id: string): Promise<Healed> {
  const words = ['heal', String(healS), 'failover-drill'];
  // Waiting for another script, and then trying; the last try may take as long as its calls.
  const line = await runThere(remote, id, { words, deadlineMs: (2 * healS + 180) * 1000 });
  if (line?.drill === 'healed') return { by: line.detail, uptimeMs: line.uptimeMs };
  throw unhealed(remote.name, id, line?.detail ?? 'its script is gone');
}
