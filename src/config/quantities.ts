import { z } from 'zod';
import { show } from './fault.ts';

const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const sizeUnits = { MiB: 1, GiB: 1024, TiB: 1024 * 1024 } as const;

/** Least and most, written the way the operator writes it. */
export interface Bounds {
  readonly min: string;
  readonly max: string;
}

/** Text like `10s` to milliseconds. */
export function duration(bounds: Bounds) {
  return quantity({
    ...{ bounds, units: durationUnits, pattern: /^\d{1,9}(ms|s|m|h)$/ },
    what: 'a time with its unit like 500ms, 10s, 2m or 1h',
  });
}

/** Text like `512MiB` to MiB. */
export function size(bounds: Bounds) {
  return quantity({
    ...{ bounds, units: sizeUnits, pattern: /^\d{1,9}(MiB|GiB|TiB)$/ },
    what: 'a size with its unit like 512MiB or 2GiB',
  });
}

interface Quantity {
  readonly bounds: Bounds;
  readonly units: Readonly<Record<string, number>>;
  readonly pattern: RegExp;
  readonly what: string;
}

function quantity({ bounds, units, pattern, what }: Quantity) {
  const [min, max] = [amount(bounds.min, units), amount(bounds.max, units)];
  return z
    .string({ error: ({ input }) => unfit(input, { what, units }) })
    .regex(pattern, { abort: true, error: ({ input }) => unfit(input, { what, units }) })
    .refine((text) => amount(text, units) >= min && amount(text, units) <= max, {
      error: ({ input }) => `must be from ${bounds.min} to ${bounds.max}, not ${show(input)}`,
    })
    .transform((text) => amount(text, units));
}

function amount(text: string, units: Readonly<Record<string, number>>): number {
  const unit = text.replace(/^\d+/, '');
  return Number.parseInt(text, 10) * (units[unit] ?? Number.NaN);
}

function unfit(input: unknown, { what, units }: Pick<Quantity, 'what' | 'units'>): string {
  if (input === undefined) return `is missing: write ${what}`;
  const digits = typeof input === 'number' ? show(input) : input;
  if (typeof digits !== 'string' || !/^\d+$/.test(digits))
    return `must be ${what}, not ${show(input)}`;
  // Both of the smaller units: 2000 was meant as milliseconds, 10 as seconds.
  const choices = Object.keys(units).slice(0, 2);
  const written = choices.map((unit) => `${digits}${unit}`).join(' or ');
  return `is the bare number ${digits}: write its unit, ${written}`;
}
