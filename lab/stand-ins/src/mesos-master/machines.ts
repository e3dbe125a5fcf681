import type { Core } from './core.ts';
import type { MachineId, MachineInfo } from './registry.ts';
import type { Agent } from './state.ts';

type Placed = Pick<Agent, 'info' | 'pid'>;

/** `slave(1)@10.0.0.2:5051` → `10.0.0.2`. */
export function addressOf(pid: string): string {
  return pid.replace(/^.*@/, '').replace(/:\d+$/, '');
}

/** Host name and address must both be those the agent registered with. */
export function machineOf({ info, pid }: Placed): MachineId {
  return { hostname: info.hostname, ip: addressOf(pid) };
}

/** If it stands in the maintenance schedule. */
export function machineInfo({ registrar }: Core, agent: Placed): MachineInfo | undefined {
  return registrar.registry.machines.find(({ id }) => same(id, machineOf(agent)));
}

export function includes(ids: readonly MachineId[], id: MachineId): boolean {
  return ids.some((one) => same(one, id));
}

export function same(a: MachineId, b: MachineId): boolean {
  const name = ({ hostname = '' }: MachineId) => hostname.toLowerCase();
  return name(a) === name(b) && (a.ip ?? '') === (b.ip ?? '');
}
