import type { Range, Resource as WantedResource } from '../../shared/mesos.ts';
import type { Offer, Resource } from '../mesos/wire.ts';

const scalarNames = ['cpus', 'mem', 'disk', 'gpus'] as const;

export type Scalars = Readonly<Record<(typeof scalarNames)[number], number>>;

/** What an offer has for one role; `*` is for everybody. */
export interface Pool extends Scalars {
  readonly role: string;
  readonly ports: readonly Range[];
}

/** Reserved pools first: what only this framework can use is used up before what others could have. */
export type Available = readonly Pool[];

interface Portion extends Scalars {
  readonly role: string;
  readonly ports: readonly number[];
}

export interface Taken {
  /** In the order in which the app names them. */
  readonly ports: readonly number[];
  readonly portions: readonly Portion[];
}

export function availableIn(offer: Pick<Offer, 'resources'>): Available {
  const usable = offer.resources.filter(isUsable);
  const roles = [...new Set(usable.map(roleOf))].sort(
    (a, b) => Number(a === '*') - Number(b === '*'),
  );
  return roles.map((role) => pool(role, usable));
}

export function total(available: Available, name: keyof Scalars): number {
  return rounded(available.reduce((sum, one) => sum + one[name], 0));
}

/** Shares the wanted amounts out over the pools. `ports` must be there: who picks them has looked. */
export function take(available: Available, wanted: Scalars, ports: readonly number[]): Taken {
  const left = mapScalars((name) => wanted[name]);
  const portions = available.map((pool): Portion => {
    const part = mapScalars((name) => Math.min(pool[name], left[name]));
    for (const name of scalarNames) left[name] = rounded(left[name] - part[name]);
    return { role: pool.role, ...part, ports: ports.filter((port) => hasPort(pool.ports, port)) };
  });
  return { ports, portions };
}

export function minus(available: Available, taken: Taken): Available {
  return available.map((pool) => {
    const portion = taken.portions.find(({ role }) => role === pool.role);
    if (portion === undefined) return pool;
    const scalars = mapScalars((name) => rounded(pool[name] - portion[name]));
    return { ...scalars, role: pool.role, ports: portion.ports.reduce(withoutPort, pool.ports) };
  });
}

/** As it stands in a TaskInfo of a framework that subscribed with `roles`. */
export function resourcesOf(taken: Taken, frameworkRole: string): WantedResource[] {
  return taken.portions.flatMap(({ role, ports, ...scalars }) => {
    const tail = { role, allocation_info: { role: frameworkRole } };
    const range = ports.map((port) => ({ begin: port, end: port }));
    return [
      ...scalarNames
        .filter((name) => scalars[name] > 0)
        .map((name) => ({
          name,
          type: 'SCALAR' as const,
          scalar: { value: scalars[name] },
          ...tail,
        })),
      ...(range.length > 0
        ? [{ name: 'ports', type: 'RANGES' as const, ranges: { range }, ...tail }]
        : []),
    ];
  });
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

function pool(role: string, resources: readonly Resource[]): Pool {
  const mine = resources.filter((one) => roleOf(one) === role);
  return {
    role,
    ...mapScalars((name) => sum(mine, name)),
    ports: mine.filter(({ name }) => name === 'ports').flatMap(({ ranges }) => ranges?.range ?? []),
  };
}

/** A static reservation has its role in either form; what is reserved dynamically belongs to somebody's volumes. */
function roleOf({ role = '*', reservations = [] }: Resource): string {
  return reservations.at(-1)?.role ?? role;
}

function isUsable({ reservation, reservations = [], disk }: Resource): boolean {
  const dynamic = reservation !== undefined || reservations.some(({ type }) => type === 'DYNAMIC');
  return !dynamic && disk === undefined;
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

function sum(resources: readonly Resource[], name: string): number {
  return resources
    .filter((resource) => resource.name === name)
    .reduce((total, { scalar }) => total + (scalar?.value ?? 0), 0);
}

function mapScalars(value: (name: keyof Scalars) => number): Record<keyof Scalars, number> {
  return { cpus: value('cpus'), mem: value('mem'), disk: value('disk'), gpus: value('gpus') };
}

/** Mesos counts in thousandths; binary fractions would leave crumbs. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
