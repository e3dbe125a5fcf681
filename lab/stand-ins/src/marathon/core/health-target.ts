import type { App, HealthCheck } from '../app/app-schema.ts';
import type { Instance } from './instance.ts';
import { portAssignments } from './port-assignments.ts';
import type { Target } from './probe.ts';

const protocols: Readonly<Partial<Record<HealthCheck['protocol'], Target['protocol']>>> = {
  HTTP: 'http',
  HTTPS: 'https',
  TCP: 'tcp',
};

/** Whom the leader asks; undefined for checks that the executor makes. */
export function healthTarget(instance: Instance, check: HealthCheck, app: App): Target | undefined {
  const protocol = protocols[check.protocol];
  const address = addressOf(instance, check, app);
  if (protocol === undefined || address === undefined) return undefined;
  return {
    protocol,
    ...address,
    path: check.path ?? '/',
    timeoutMs: check.timeoutSeconds * 1000,
  };
}

function addressOf(
  instance: Instance,
  { port, portIndex = 0 }: HealthCheck,
  app: App,
): { host: string; port: number } | undefined {
  const assignment = portAssignments(app, instance.ports)[portIndex];
  const published = port ?? assignment?.hostPort;
  if (published !== undefined) return { host: instance.host, port: published };
  // A port that is not published is asked at the container's own address.
  const own = instance.ipAddresses?.[0]?.ipAddress ?? instance.host;
  const inside = assignment?.containerPort;
  return inside === undefined ? undefined : { host: own, port: inside };
}
