import { nanoseconds } from '../shared/mesos.ts';
import type { Registry } from './registry.ts';

/** `/registrar(1)/registry`, in the shape of 1.12.0. */
export function renderRegistry(registry: Registry): object {
  const { master, unreachable, gone, schedule, weights } = registry;
  return {
    ...(gone.length === 0 ? {} : { gone: { slaves: gone.map(renderAbsent) } }),
    ...(schedule === undefined ? {} : { machines: renderMachines(registry) }),
    ...(master === undefined ? {} : { master: { info: master } }),
    ...list(
      'minimum_capabilities',
      registry.minimumCapabilities.map((capability) => ({ capability })),
    ),
    ...list('quota_configs', registry.quotas),
    ...(schedule === undefined
      ? {}
      : { schedules: [schedule.length === 0 ? {} : { windows: schedule }] }),
    ...(registry.agents.length === 0
      ? {}
      : { slaves: { slaves: registry.agents.map(renderAgent) } }),
    ...(unreachable.length === 0 ? {} : { unreachable: { slaves: unreachable.map(renderAbsent) } }),
    ...list(
      'weights',
      Object.entries(weights).map(([role, weight]) => ({ info: { role, weight } })),
    ),
  };
}

function list(name: string, values: readonly object[]): object {
  return values.length === 0 ? {} : { [name]: values };
}

function renderMachines({ machines }: Registry): object {
  return machines.length === 0 ? {} : { machines: machines.map((info) => ({ info })) };
}

function renderAgent({ info, deactivated, drain }: Registry['agents'][number]): object {
  return {
    deactivated,
    ...(drain === undefined ? {} : { drain_info: drain }),
    info: { ...info, resources: info.resources.map((one) => ({ ...one, role: '*' })) },
  };
}

function renderAbsent({
  id,
  sinceMs,
  deactivated,
  drain,
}: Registry['unreachable'][number]): object {
  return {
    ...(deactivated === true ? { deactivated } : {}),
    ...(drain === undefined ? {} : { drain_info: drain }),
    id: { value: id },
    timestamp: nanoseconds(sinceMs),
  };
}
