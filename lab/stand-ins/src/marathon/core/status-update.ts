import type { TaskStatus } from '../mesos/wire.ts';
import type { TaskFailure } from './cluster.ts';
import type { Instance } from './instance.ts';

/** The instance after a status that does not end it. */
export function withStatus(instance: Instance, status: TaskStatus, now: number): Instance {
  const { unreachableSince, inactive, ...reachable } = instance;
  if (status.state === 'TASK_UNREACHABLE') {
    const since = unreachableSince ?? now;
    return {
      ...reachable,
      ...(inactive === true ? { inactive } : {}),
      state: status.state,
      unreachableSince: since,
    };
  }
  const addresses = ipAddresses(status);
  return {
    ...reachable,
    state: status.state,
    ...(status.state === 'TASK_RUNNING' ? { startedAt: instance.startedAt ?? now } : {}),
    ...(addresses.length > 0 ? { ipAddresses: addresses } : {}),
  };
}

export function failureOf(instance: Instance, status: TaskStatus, now: number): TaskFailure {
  return {
    appId: instance.appId,
    host: instance.host,
    message: status.message ?? '',
    slaveId: instance.agentId,
    state: status.state,
    taskId: instance.id,
    timestamp: new Date(now).toISOString(),
    version: instance.version,
  };
}

/** Fields of `status_update_event`. */
export function statusEvent(instance: Instance, status: TaskStatus): Record<string, unknown> {
  return {
    slaveId: instance.agentId,
    taskId: instance.id,
    taskStatus: status.state,
    message: status.message ?? '',
    appId: instance.appId,
    host: instance.host,
    ipAddresses: instance.ipAddresses ?? [],
    ports: instance.ports,
    version: instance.version,
  };
}

function ipAddresses(status: TaskStatus): { ipAddress: string; protocol: string }[] {
  return (status.container_status?.network_infos ?? [])
    .flatMap((info) => info.ip_addresses ?? [])
    .map(({ ip_address, protocol }) => ({ ipAddress: ip_address, protocol: protocol ?? 'IPv4' }));
}
