import type { RemoteHost } from '../../ports.ts';
import { runThere } from '../strike/drill-script.ts';
import { unhealed } from './faults.ts';

/** Leaves nothing of the drill on the host. Throws DRILL_UNHEALED, and leaves all, if it is not healed. */
export async function disarm(remote: RemoteHost, id: string): Promise<void> {
  const line = await runThere(remote, id, { words: ['disarm'], deadlineMs: 60_000 });
  // Where its folder is gone, somebody else has disarmed it.
  if (line !== undefined && line.drill !== 'disarmed') throw unhealed(remote.name, id, line.detail);
}
