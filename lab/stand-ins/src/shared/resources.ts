import type { Attribute, Range, Resource } from './mesos.ts';

/** Amounts by name, free of roles. Scalars are kept in thousandths, as Mesos counts them. */
export interface Amounts {
  readonly scalars: ReadonlyMap<string, number>;
  readonly ranges: ReadonlyMap<string, readonly Range[]>;
}

export const nothing: Amounts = { scalars: new Map(), ranges: new Map() };

export function amountsOf(resources: readonly Resource[]): Amounts {
  return resources.map(single).reduce(plus, nothing);
}

function single(resource: Resource): Amounts {
  if (resource.type === 'RANGES') {
    return { scalars: new Map(), ranges: new Map([[resource.name, resource.ranges?.range ?? []]]) };
  }
  const value = Math.round((resource.scalar?.value ?? 0) * 1000);
  return { scalars: new Map([[resource.name, value]]), ranges: new Map() };
}

export function plus(a: Amounts, b: Amounts): Amounts {
  return {
    scalars: merge(a.scalars, b.scalars, (x = 0, y = 0) => x + y),
    ranges: merge(a.ranges, b.ranges, (x = [], y = []) => normalize([...x, ...y])),
  };
}

export function minus(a: Amounts, b: Amounts): Amounts {
  return {
    scalars: merge(a.scalars, b.scalars, (x = 0, y = 0) => Math.max(0, x - y)),
    ranges: merge(a.ranges, b.ranges, (x = [], y = []) => cut(x, y)),
  };
}

/** Whether `b` fits into `a`. */
export function contains(a: Amounts, b: Amounts): boolean {
  return (
    [...b.scalars].every(([name, value]) => value <= (a.scalars.get(name) ?? 0)) &&
    [...b.ranges].every(([name, wanted]) => cut(wanted, a.ranges.get(name) ?? []).length === 0)
  );
}

export function isEmpty(amounts: Amounts): boolean {
  return (
    [...amounts.scalars.values()].every((value) => value === 0) &&
    [...amounts.ranges.values()].every((ranges) => ranges.length === 0)
  );
}

/** No more of a scalar than its ceiling; where there is none, all of it. */
export function atMost(amounts: Amounts, ceilings: ReadonlyMap<string, number>): Amounts {
  const scalars = [...amounts.scalars].map(([name, value]): [string, number] => [
    name,
    Math.min(value, Math.round((ceilings.get(name) ?? Infinity) * 1000)),
  ]);
  return { scalars: new Map(scalars), ranges: amounts.ranges };
}

export function scalar(amounts: Amounts, name: string): number {
  return (amounts.scalars.get(name) ?? 0) / 1000;
}

function merge<T>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  combine: (x: T | undefined, y: T | undefined) => T,
): ReadonlyMap<string, T> {
  const names = new Set([...a.keys(), ...b.keys()]);
  return new Map([...names].map((name) => [name, combine(a.get(name), b.get(name))]));
}

/** Sorted, adjoining and overlapping ones joined. */
function normalize(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const { begin, end } of [...ranges].sort((a, b) => a.begin - b.begin)) {
    const last = joined.at(-1);
    if (last !== undefined && begin <= last.end + 1) {
      joined[joined.length - 1] = { begin: last.begin, end: Math.max(last.end, end) };
    } else joined.push({ begin, end });
  }
  return joined;
}

function cut(from: readonly Range[], what: readonly Range[]): Range[] {
  return what.reduce<Range[]>(
    (left, { begin, end }) =>
      left.flatMap((range) =>
        [
          { begin: range.begin, end: Math.min(range.end, begin - 1) },
          { begin: Math.max(range.begin, end + 1), end: range.end },
        ].filter((piece) => piece.begin <= piece.end),
      ),
    normalize(from),
  );
}

/** As a list of messages; empty amounts are left out. */
export function toResources(amounts: Amounts, allocatedTo?: string): Resource[] {
  const tail = {
    role: '*',
    ...(allocatedTo === undefined ? {} : { allocation_info: { role: allocatedTo } }),
  };
  const ranges = [...amounts.ranges]
    .filter(([, range]) => range.length > 0)
    .map(([name, range]) => ({ name, type: 'RANGES' as const, ranges: { range }, ...tail }));
  const scalars = [...amounts.scalars]
    .filter(([, value]) => value > 0)
    .map(([name, value]) => ({
      name,
      type: 'SCALAR' as const,
      scalar: { value: value / 1000 },
      ...tail,
    }));
  return [...ranges, ...scalars];
}

/** The short form in `/state`: the four scalars always, ranges as text where there are any. */
export function toSummary(amounts: Amounts): Record<string, number | string> {
  const ranges = [...amounts.ranges].filter(([, range]) => range.length > 0);
  return {
    disk: 0,
    mem: 0,
    gpus: 0,
    cpus: 0,
    ...Object.fromEntries([...amounts.scalars].map(([name, value]) => [name, value / 1000])),
    ...Object.fromEntries(ranges.map(([name, range]) => [name, rangesText(range)])),
  };
}

export function rangesText(ranges: readonly Range[]): string {
  return `[${ranges.map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;
}

/** As Mesos prints allocated resources in messages: `cpus(allocated: *):0.1; mem(allocated: *):32`. */
export function toText(resources: readonly Resource[], role: string): string {
  return resources
    .map((one) => {
      const value =
        one.type === 'RANGES' ? rangesText(one.ranges?.range ?? []) : (one.scalar?.value ?? 0);
      return `${one.name}(allocated: ${role}):${value}`;
    })
    .join('; ');
}

/** `cpus:4;mem:8192;ports:[31000-32000]`, or a JSON list of messages. */
export function parseResources(text: string): Resource[] {
  if (text.trim().startsWith('[')) return JSON.parse(text) as Resource[];
  return pairs(text).map(([name, value]) => {
    if (value.startsWith('[')) return { name, type: 'RANGES', ranges: { range: ranges(value) } };
    const number = Number(value);
    if (value === '' || Number.isNaN(number)) {
      throw new Error(
        `Failed to parse resource ${name} value ${value}: only scalars and ranges are known`,
      );
    }
    return { name, type: 'SCALAR', scalar: { value: number } };
  });
}

/** `rack:a1;zone:z1`; numbers become scalars, brackets ranges, anything else text. */
export function parseAttributes(text: string): Attribute[] {
  return pairs(text).map(([name, value]) => {
    if (value.startsWith('[')) return { name, type: 'RANGES', ranges: { range: ranges(value) } };
    if (value !== '' && !Number.isNaN(Number(value))) {
      return { name, type: 'SCALAR', scalar: { value: Number(value) } };
    }
    return { name, type: 'TEXT', text: { value } };
  });
}

function pairs(text: string): [string, string][] {
  return text
    .split(/[;\n]/)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const colon = part.indexOf(':');
      if (colon === -1) throw new Error(`Bad value for resources, missing or extra ':' in ${part}`);
      return [part.slice(0, colon).trim(), part.slice(colon + 1).trim()];
    });
}

function ranges(text: string): Range[] {
  return text
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((part) => {
      const [begin, end] = part.split('-').map((number) => Number(number.trim()));
      if (begin === undefined || end === undefined || Number.isNaN(begin + end)) {
        throw new Error(`Expecting one or more "ranges" in ${text}`);
      }
      return { begin, end };
    });
}

/** Attributes as `/state` shows them: by name, plain values. */
export function attributesSummary(
  attributes: readonly Attribute[],
): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map((one) => [
      one.name,
      one.text?.value ?? one.scalar?.value ?? rangesText(one.ranges?.range ?? []),
    ]),
  );
}
