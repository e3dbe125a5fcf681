import type { Ports, RemoteHost } from '../../ports.ts';
import { notArmed, notInjected } from '../heal/faults.ts';
import type { HostFault } from '../fault.ts';
import { chainRules } from './cut-rules.ts';
import type { DrillLine } from './drill-lines.ts';
import { checkedId, send } from './drill-script.ts';
import { checkedName } from './undo.ts';

export interface Hit {
  readonly id: string;
  readonly fault: HostFault;
  readonly token?: string | undefined;
  /** Ports of SSH in the cluster, to keep the way in, and that through a bastion, open. */
  readonly sshPorts?: readonly number[] | undefined;
}

export type Injection =
  | {
      readonly kind: 'injected';
      /** The host's clock that never jumps, right before and after. */
      readonly beforeMs: number;
      readonly afterMs: number;
      /** The same clock when the answer was sent. */
      readonly uptimeMs: number;
    }
  /** This host or its kernel cannot do it; nothing was changed. */
  | { readonly kind: 'unsupported'; readonly reason: string };

/**
 * Breaks it. A second time does nothing that the first did, so it may be sent again where the answer
 * was lost. Throws DRILL_NOT_ARMED if nothing was done, DRILL_NOT_INJECTED if something may have been.
 */
export async function inject(
  remote: RemoteHost,
  { id, fault, token = '', sshPorts = [] }: Hit,
  ports: Pick<Ports, 'templates' | 'signal'>,
): Promise<Injection> {
  const args = [checkedId(id), token, sshPorts.join(' '), ...faultWords(fault)];
  // docker stop and systemctl restart have 90 s there.
  const lines = await send(
    remote,
    { script: 'inject', args, deadlineMs: 150_000, signal: ports.signal },
    ports,
  );
  return injectionIn(lines.at(-1), remote.name);
}

function injectionIn(line: DrillLine | undefined, host: string): Injection {
  switch (line?.drill) {
    case 'injected': {
      const { uptimeMs, beforeMs = uptimeMs, afterMs = uptimeMs } = line;
      return { kind: 'injected', beforeMs, afterMs, uptimeMs };
    }
    case 'unsupported':
      return { kind: 'unsupported', reason: line.detail };
    case 'refused':
      throw notArmed(host, line.detail);
    default:
      throw notInjected(host, line?.detail ?? 'no answer');
  }
}

function faultWords(fault: HostFault): readonly string[] {
  if ('container' in fault) return [fault.kind, checkedName(fault.container)];
  switch (fault.kind) {
    case 'cut':
    case 'loss':
      return ['cut', ...chainRules(fault)];
    case 'delay':
      return ['delay', String(fault.ms), String(fault.jitterMs), ...fault.addresses];
    case 'clock-step':
      return ['clock-step', String(fault.seconds)];
    case 'restart-docker':
    case 'reboot':
      return [fault.kind];
  }
}
