import type { RemoteHost } from '../../ports.ts';
import type { DrillLine } from '../strike/drill-lines.ts';
import { checkedId, send, type ScriptPorts } from '../strike/drill-script.ts';

/** What was found on a host, and whether it is gone. */
export interface Cleared {
  readonly id: string;
  readonly healed: boolean;
  /** Who healed it, what was cleared away, or what is left. */
  readonly detail: string;
}

/**
 * Heals one drill of the host, or all with what has lost its drill, and clears them away. Empty if there
 * was none. A drill that somebody runs at this moment ends with it.
 */
export async function healHost(
  remote: RemoteHost,
  wanted: string,
  ports: ScriptPorts,
): Promise<readonly Cleared[]> {
  const args = [wanted === 'all' ? wanted : checkedId(wanted), '30'];
  const lines = await send(remote, { script: 'heal-host', args, deadlineMs: 600_000 }, ports);
  const found = lines.filter(({ drill }) => drill !== 'end').map(clearedOf);
  const isCutOff = lines.at(-1)?.drill !== 'end';
  return isCutOff
    ? [...found, { id: wanted, healed: false, detail: 'its script ended early' }]
    : found;
}

function clearedOf({ drill, id, detail }: DrillLine): Cleared {
  return { id, healed: drill === 'healed' || drill === 'cleared', detail };
}
