import type { AppDefinition } from '../app/app-schema.ts';
import { usesHostNetwork } from '../app/parse-app.ts';

/** One declared port of an app with what a task of it got. */
export interface PortAssignment {
  readonly name: string | undefined;
  readonly protocol: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As declared: the service port in host mode, the container's own otherwise. */
  readonly declared: number;
  /** Undefined in host mode. */
  readonly containerPort: number | undefined;
  /** Undefined where the port is not published on the host. */
  readonly hostPort: number | undefined;
}

/** `hostPorts`: those taken from the offer, in the order of the declared ports that want one. */
export function portAssignments(
  app: AppDefinition,
  hostPorts: readonly number[],
): PortAssignment[] {
  if (usesHostNetwork(app)) {
    return (app.portDefinitions ?? []).map(({ port, name, protocol, labels }, index) => ({
      ...{ name, protocol, labels, declared: port },
      containerPort: undefined,
      hostPort: hostPorts[index],
    }));
  }
  const free = [...hostPorts];
  return (app.container?.portMappings ?? []).map((mapping) => {
    const { name, protocol, labels, containerPort } = mapping;
    const hostPort = mapping.hostPort === undefined ? undefined : free.shift();
    return {
      ...{ name, protocol, labels, declared: containerPort },
      // Container port 0 means: the same as on the host.
      containerPort: containerPort === 0 ? hostPort : containerPort,
      hostPort,
    };
  });
}
