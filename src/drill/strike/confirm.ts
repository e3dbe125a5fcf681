import type { Ports, RemoteHost } from '../../ports.ts';
import type { HostFault } from '../fault.ts';
import type { Confirmation } from '../recording.ts';
import { checkedId, send } from './drill-script.ts';

export interface Doubt {
  readonly id: string;
  readonly fault: HostFault;
  /** Looks so long until the fault is in effect. */
  readonly withinS: number;
}

/** When, by the host's clock that never jumps. */
export interface HostConfirmation extends Confirmation {
  readonly uptimeMs: number;
}

/** Asks the host itself. After a reboot it is asked over a new connection. */
export async function confirm(
  remote: RemoteHost,
  { id, fault, withinS }: Doubt,
  ports: Pick<Ports, 'templates' | 'signal'>,
): Promise<HostConfirmation> {
  const seconds = Math.ceil(withinS);
  const args = [checkedId(id), String(seconds), ...doubtWords(fault)];
  const deadlineMs = (seconds + 60) * 1000;
  const sent = { script: 'confirm', args, deadlineMs, signal: ports.signal } as const;
  const line = (await send(remote, sent, ports)).at(-1);
  const evidence = line?.detail ?? 'the host did not answer';
  return { confirmed: line?.drill === 'confirmed', evidence, uptimeMs: line?.uptimeMs ?? 0 };
}

function doubtWords(fault: HostFault): readonly string[] {
  if ('container' in fault) return [fault.kind, fault.container];
  if (fault.kind === 'loss') return ['cut'];
  return fault.kind === 'clock-step' ? [fault.kind, String(fault.seconds)] : [fault.kind];
}
