import type { TaskState } from '../../shared/mesos.ts';
import type { TaskStatus } from '../mesos/wire.ts';
import type { TaskFailure } from './cluster.ts';
import { instanceIdOf, type Instance } from './instance.ts';

/** Names of the v1 API and of the older one. */
const mightComeBack = /^REASON_(RECONCILIATION|(AGENT|SLAVE)_(DISCONNECTED|REMOVED))$/;

/**
 * TASK_LOST is sent for several things, told apart by their reason (`TaskConditionMapping.scala`, Marathon 1.10).
 * An agent that was shut down properly is one of them: its tasks count as unreachable.
 */
export function conditionOf({ state, reason = '', message = '' }: TaskStatus): TaskState {
  if (state !== 'TASK_LOST') return state;
  const unknown = message.startsWith('Reconciliation: Task is unknown to the');
  if (unknown || reason === 'REASON_TASK_UNKNOWN') return 'TASK_UNKNOWN';
  return mightComeBack.test(reason) ? 'TASK_UNREACHABLE' : 'TASK_GONE';
}

/** The instance after a status that does not end it. */
export function withStatus(instance: Instance, status: TaskStatus, now: number): Instance {
  const { unreachableSince, inactive, ...before } = instance;
  const changed = instance.state !== status.state;
  const reachable = changed ? { ...before, since: now } : before;
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

/** Fields of `instance_changed_event`. */
export function instanceEvent(instance: Instance, state: TaskState): Record<string, unknown> {
  const condition = state.slice('TASK_'.length).toLowerCase();
  return {
    instanceId: instanceIdOf(instance.id),
    condition: condition.replace(/^./, (first) => first.toUpperCase()),
    runSpecId: instance.appId,
    agentId: instance.agentId,
    host: instance.host,
    runSpecVersion: instance.version,
  };
}

function ipAddresses(status: TaskStatus): { ipAddress: string; protocol: string }[] {
  return (status.container_status?.network_infos ?? [])
    .flatMap((info) => info.ip_addresses ?? [])
    .map(({ ip_address, protocol }) => ({ ipAddress: ip_address, protocol: protocol ?? 'IPv4' }));
}
