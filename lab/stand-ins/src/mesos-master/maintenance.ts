import { isIPv4 } from 'node:net';
import { CallError } from '../shared/mesos-call.ts';
import { forgetAgent } from './agent-loss.ts';
import type { Core } from './core.ts';
import { includes, machineOf, same } from './machines.ts';
import { rescindWhere } from './offers.ts';
import type { MachineId, MachineInfo, MaintenanceWindow, Registry } from './registry.ts';

/** The checks of src/master/maintenance.cpp (1.11), in its order and words. */
export async function updateSchedule(
  core: Core,
  windows: readonly MaintenanceWindow[],
): Promise<void> {
  checkWindows(windows);
  const planned = windows.flatMap(idsOf);
  const { machines } = core.registrar.registry;
  const down = machines.find(({ id, mode }) => mode === 'DOWN' && !includes(planned, id));
  if (down !== undefined) {
    throw refusal(down.id, 'is deactivated and cannot be removed from the schedule');
  }
  await core.registrar.update((registry) => withSchedule(registry, windows));
  // So that the frameworks see the unavailability in their next offers.
  const affected = [...machines.map(({ id }) => id), ...planned];
  rescindWhere(core, ({ agentId }) => {
    const agent = core.state.agents.get(agentId);
    return agent !== undefined && includes(affected, machineOf(agent));
  });
}

function withSchedule(registry: Registry, schedule: readonly MaintenanceWindow[]): Registry {
  const machines = schedule.flatMap((window) =>
    idsOf(window).map((id): MachineInfo => {
      const known = registry.machines.find((one) => same(one.id, id));
      return { id, mode: known?.mode ?? 'DRAINING', unavailability: window.unavailability };
    }),
  );
  return { ...registry, schedule, machines };
}

function idsOf({ machine_ids: ids = [] }: MaintenanceWindow): readonly MachineId[] {
  return ids;
}

function checkWindows(windows: readonly MaintenanceWindow[]): void {
  const seen: MachineId[] = [];
  for (const window of windows) {
    const ids = idsOf(window);
    if (ids.length === 0) {
      throw new CallError(400, 'List of machines in the maintenance window is empty');
    }
    if ((window.unavailability.duration?.nanoseconds ?? 0) < 0) {
      throw new CallError(400, "Unavailability 'duration' is negative");
    }
    checkUnique(ids, seen);
  }
}

function checkUnique(ids: readonly MachineId[], seen: MachineId[]): void {
  for (const id of ids) {
    if ((id.hostname ?? '') === '' && (id.ip ?? '') === '') {
      throw new CallError(400, "Both 'hostname' and 'ip' for a machine are empty");
    }
    if (id.ip !== undefined && id.ip !== '' && !isIPv4(id.ip)) {
      throw new CallError(400, `Failed to parse the IP '${id.ip}'`);
    }
    if (includes(seen, id)) throw refusal(id, 'appears more than once in the schedule');
    seen.push(id);
  }
}

/** Agents there are removed and their tasks killed. */
export async function startMaintenance(core: Core, ids: readonly MachineId[]): Promise<void> {
  checkMachines(core, ids, { mode: 'DRAINING', fault: 'DRAINING mode and cannot be brought down' });
  await core.registrar.update((registry) => ({
    ...registry,
    machines: registry.machines.map((one) =>
      includes(ids, one.id) ? { ...one, mode: 'DOWN' } : one,
    ),
  }));
  const message = "Operator initiated 'Machine DOWN'";
  for (const agent of [...core.state.agents.values()]) {
    if (!includes(ids, machineOf(agent))) continue;
    agent.link?.send({ kind: 'shutdown', message });
    await forgetAgent(core, agent, { message });
  }
}

/** Up again, and out of the schedule. */
export async function stopMaintenance(core: Core, ids: readonly MachineId[]): Promise<void> {
  checkMachines(core, ids, { mode: 'DOWN', fault: 'DOWN mode and cannot be brought up' });
  await core.registrar.update((registry) => ({
    ...registry,
    machines: registry.machines.filter(({ id }) => !includes(ids, id)),
    schedule: registry.schedule
      ?.map((window) => ({
        ...window,
        machine_ids: idsOf(window).filter((id) => !includes(ids, id)),
      }))
      .filter(({ machine_ids: left }) => left.length > 0),
  }));
}

function checkMachines(
  core: Core,
  ids: readonly MachineId[],
  wanted: { readonly mode: MachineInfo['mode']; readonly fault: string },
): void {
  if (ids.length === 0) throw new CallError(400, 'List of machines is empty');
  checkUnique(ids, []);
  for (const id of ids) {
    const scheduled = core.registrar.registry.machines.find((one) => same(one.id, id));
    const hasAgent = [...core.state.agents.values()].some((agent) => same(machineOf(agent), id));
    if (scheduled === undefined && !hasAgent) {
      throw refusal(id, 'is not part of a maintenance schedule');
    }
    if (scheduled?.mode !== wanted.mode) throw refusal(id, `is not in ${wanted.fault}`);
  }
}

function refusal({ hostname, ip }: MachineId, fault: string): CallError {
  return new CallError(400, `Machine '${JSON.stringify({ hostname, ip })}' ${fault}`);
}

/** GET_MAINTENANCE_STATUS; protobuf leaves empty lists out. */
export function maintenanceStatus({ registrar }: Core): object {
  const { machines } = registrar.registry;
  const draining = machines.filter(({ mode }) => mode === 'DRAINING');
  const down = machines.filter(({ mode }) => mode === 'DOWN');
  return {
    ...(draining.length === 0 ? {} : { draining_machines: draining.map(({ id }) => ({ id })) }),
    ...(down.length === 0 ? {} : { down_machines: down.map(({ id }) => id) }),
  };
}

export function maintenanceSchedule({ registrar }: Core): object {
  const { schedule = [] } = registrar.registry;
  return schedule.length === 0 ? {} : { windows: schedule };
}
