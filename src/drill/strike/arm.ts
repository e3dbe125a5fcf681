import { sha256 } from '../../plan/fingerprint.ts';
import type { Ports, RemoteHost } from '../../ports.ts';
import { notArmed, unhealed } from '../heal/faults.ts';
import { disarm } from '../heal/disarm.ts';
import type { DrillLine } from './drill-lines.ts';
import { checkedId, drillScript, runThere, send } from './drill-script.ts';
import type { Undo } from './undo.ts';

export interface Order {
  readonly id: string;
  readonly undo: readonly Undo[];
  /** The switch heals so long from now, unless somebody renews it. */
  readonly deadlineS: number;
  /** Nobody renews it further than so long after the fault was injected, or now if it never is. */
  readonly capS?: number | undefined;
  /** Token of the lock on this host; if given, nothing is done without it. */
  readonly token?: string | undefined;
  /** How often the watcher looks, in seconds. */
  readonly periodS?: number | undefined;
}

/** The switch of one drill on one host, as it was read back. */
export interface Armed {
  /** By the host's clock that never jumps. */
  readonly uptimeMs: number;
  readonly deadlineMs: number;
  readonly limitMs: number;
  readonly watcher: string;
  /** Whether it heals after a reboot, too. */
  readonly hook: boolean;
}

/** Stops being put off after so many seconds, if nothing else is said (`--max-fault`). */
export const defaultCapS = 120;

type ArmPorts = Pick<Ports, 'templates' | 'signal'>;

/** Throws DRILL_NOT_ARMED, with nothing left on the host, if it does not stand in the end. */
export async function arm(remote: RemoteHost, order: Order, ports: ArmPorts): Promise<Armed> {
  const { id, undo, deadlineS, token = '', periodS = 1 } = order;
  const healer = drillScript('heal', ports);
  const capS = Math.max(order.capS ?? defaultCapS, deadlineS);
  const times = [deadlineS, capS, periodS].map(String);
  const lines = await send(
    remote,
    {
      script: 'arm',
      args: [checkedId(id), token, ...times, sha256(healer), ...undo],
      input: healer,
      deadlineMs: 60_000,
      signal: ports.signal,
    },
    ports,
  );
  return armedIn(lines.at(-1), remote.name);
}

function armedIn(line: DrillLine | undefined, host: string): Armed {
  if (line?.drill !== 'armed') throw notArmed(host, line?.detail ?? 'the host did not answer');
  const { uptimeMs, deadlineMs = 0, limitMs = 0, detail: watcher, hook = false } = line;
  return { uptimeMs, deadlineMs, limitMs, watcher, hook };
}

/** Arms a switch that has nothing to take back, lets its deadline pass, and sees that it fires. */
export async function selfTest(remote: RemoteHost, id: string, ports: ArmPorts): Promise<void> {
  await arm(remote, { id, undo: [], deadlineS: 2, periodS: 0.2 }, ports);
  const line = await runThere(remote, id, { words: ['await', '10'], deadlineMs: 30_000 });
  await disarm(remote, id);
  if (line?.drill !== 'healed')
    throw unhealed(remote.name, id, 'its switch did not fire in a test');
}
