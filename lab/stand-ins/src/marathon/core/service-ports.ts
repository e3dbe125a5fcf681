import type { AppDefinition } from '../app/app-schema.ts';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Port 0 becomes a service port that no other app has (`local_port_min` to `local_port_max`). */
export function withServicePorts(
  app: AppDefinition,
  taken: ReadonlySet<number>,
  range: PortRange,
): AppDefinition {
  const used = new Set(taken);
  const next = () => nextFree(used, range);
  const portDefinitions = app.portDefinitions?.map((one) =>
    one.port === 0 && !app.requirePorts ? { ...one, port: next() } : one,
  );
  const portMappings = app.container?.portMappings?.map((one) =>
    one.servicePort === 0 ? { ...one, servicePort: next() } : one,
  );
  return {
    ...app,
    ...(portDefinitions === undefined ? {} : { portDefinitions }),
    ...(app.container === undefined || portMappings === undefined
      ? {}
      : { container: { ...app.container, portMappings } }),
  };
}

export function servicePorts(app: AppDefinition): number[] {
  return [
    ...(app.portDefinitions ?? []).map(({ port }) => port),
    ...(app.container?.portMappings ?? []).map(({ servicePort }) => servicePort),
  ];
}

function nextFree(used: Set<number>, { first, last }: PortRange): number {
  for (let port = first; port <= last; port += 1) {
    if (used.has(port)) continue;
    used.add(port);
    return port;
  }
  throw new Error(`no service port left between ${first} and ${last}`);
}
