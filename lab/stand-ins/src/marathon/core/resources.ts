import type { Offer, Range, Resource } from '../mesos/wire.ts';

/** What an offer has that is not reserved for somebody. */
export interface Available {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly ports: readonly Range[];
}

export interface Taken {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly ports: readonly number[];
}

export function availableIn(offer: Pick<Offer, 'resources'>, role: string): Available {
  const usable = offer.resources.filter((resource) => isUsable(resource, role));
  return {
    cpus: sum(usable, 'cpus'),
    mem: sum(usable, 'mem'),
    disk: sum(usable, 'disk'),
    gpus: sum(usable, 'gpus'),
    ports: usable
      .filter(({ name }) => name === 'ports')
      .flatMap(({ ranges }) => ranges?.range ?? []),
  };
}

export function minus(available: Available, taken: Taken): Available {
  return {
    cpus: available.cpus - taken.cpus,
    mem: available.mem - taken.mem,
    disk: available.disk - taken.disk,
    gpus: available.gpus - taken.gpus,
    ports: taken.ports.reduce(withoutPort, available.ports),
  };
}

/** As it stands in a TaskInfo of a framework that subscribed with `roles`. */
export function resourcesOf(taken: Taken, role: string): Resource[] {
  const scalars = (['cpus', 'mem', 'disk', 'gpus'] as const)
    .filter((name) => taken[name] > 0)
    .map((name) => ({ name, type: 'SCALAR' as const, scalar: { value: taken[name] } }));
  const ports = taken.ports.map((port) => ({ begin: port, end: port }));
  const ranges = { name: 'ports', type: 'RANGES' as const, ranges: { range: ports } };
  return [...scalars, ...(ports.length > 0 ? [ranges] : [])].map((resource) => ({
    ...resource,
    role: '*',
    allocation_info: { role },
  }));
}

export function hasPort(ranges: readonly Range[], port: number): boolean {
  return ranges.some(({ begin, end }) => begin <= port && port <= end);
}

/** All ports of the ranges, lowest first. */
export function* portsOf(ranges: readonly Range[]): Generator<number, void> {
  for (const { begin, end } of ranges) {
    for (let port = begin; port <= end; port += 1) yield port;
  }
}

function withoutPort(ranges: readonly Range[], port: number): Range[] {
  return ranges
    .flatMap(({ begin, end }) =>
      port < begin || port > end
        ? [{ begin, end }]
        : [
            { begin, end: port - 1 },
            { begin: port + 1, end },
          ],
    )
    .filter(({ begin, end }) => begin <= end);
}

function isUsable(resource: Resource, role: string): boolean {
  if ((resource.reservations ?? []).length > 0) return false;
  return resource.role === undefined || resource.role === '*' || resource.role === role;
}

function sum(resources: readonly Resource[], name: string): number {
  return resources
    .filter((resource) => resource.name === name)
    .reduce((total, { scalar }) => total + (scalar?.value ?? 0), 0);
}
