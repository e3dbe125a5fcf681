import type { App, HealthCheck } from '../app/app-schema.ts';
import type { HealthCheck as WireCheck } from '../../shared/mesos.ts';
import { portAssignments } from './port-assignments.ts';

/** MESOS_* and COMMAND are run by the task's executor, the others by the leading Marathon. */
export function isRunByMesos({ protocol }: HealthCheck): boolean {
  return protocol === 'COMMAND' || protocol.startsWith('MESOS_');
}

/** Mesos takes one health check per task; of several the first (`TaskBuilder.scala`, Marathon 1.10). */
export function mesosHealthCheck(app: App, hostPorts: readonly number[]): WireCheck | undefined {
  const check = app.healthChecks.find(isRunByMesos);
  if (check === undefined) return undefined;
  const target = targetOf(check, app, hostPorts);
  if (target === undefined) return undefined;
  return {
    ...target,
    delay_seconds: check.delaySeconds,
    interval_seconds: check.intervalSeconds,
    timeout_seconds: check.timeoutSeconds,
    consecutive_failures: check.maxConsecutiveFailures,
    grace_period_seconds: check.gracePeriodSeconds,
  };
}

function targetOf(
  check: HealthCheck,
  app: App,
  hostPorts: readonly number[],
): WireCheck | undefined {
  if (check.command !== undefined) return { type: 'COMMAND', command: check.command };
  const port = portInTask(check, app, hostPorts);
  if (port === undefined) return undefined;
  if (check.protocol === 'MESOS_TCP') return { type: 'TCP', tcp: { port } };
  const scheme = check.protocol === 'MESOS_HTTPS' ? 'https' : 'http';
  const path = check.path === undefined ? {} : { path: check.path };
  return { type: 'HTTP', http: { scheme, port, ...path } };
}

/** The executor asks from inside the task's network. */
function portInTask(
  { port, portIndex = 0 }: HealthCheck,
  app: App,
  hostPorts: readonly number[],
): number | undefined {
  if (port !== undefined) return port;
  const assignment = portAssignments(app, hostPorts)[portIndex];
  return assignment?.containerPort ?? assignment?.hostPort;
}
