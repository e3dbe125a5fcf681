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
    ...{ what: 'a time with its unit like 500ms, 10s, 2m or 1h', example: 's' },
  });
}

/** Text like `512MiB` to MiB. */
export function size(bounds: Bounds) {
  return quantity({
    ...{ bounds, units: sizeUnits, pattern: /^\d{1,9}(MiB|GiB|TiB)$/ },
    ...{ what: 'a size with its unit like 512MiB or 2GiB', example: 'MiB' },
  });
}

interface Quantity {
  readonly bounds: Bounds;
  readonly units: Readonly<Record<string, number>>;
  readonly pattern: RegExp;
  readonly what: string;
  readonly example: string;
}

function quantity({ bounds, units, pattern, what, example }: Quantity) {
  const [min, max] = [amount(bounds.min, units), amount(bounds.max, units)];
  return z
    .string({ error: ({ input }) => unitless(input, { what, example }) })
    .regex(pattern, { abort: true, error: ({ input }) => `must be ${what}, not ${show(input)}` })
    .refine((text) => amount(text, units) >= min && amount(text, units) <= max, {
      error: ({ input }) => `must be from ${bounds.min} to ${bounds.max}, not ${show(input)}`,
    })
    .transform((text) => amount(text, units));
}

function amount(text: string, units: Readonly<Record<string, number>>): number {
  const unit = text.replace(/^\d+/, '');
  return Number.parseInt(text, 10) * (units[unit] ?? Number.NaN);
}

function unitless(input: unknown, { what, example }: { what: string; example: string }): string {
  if (input === undefined) return `is missing: write ${what}`;
  if (typeof input !== 'number') return `must be ${what}, not ${show(input)}`;
  return `is the bare number ${show(input)}: write its unit, like ${show(input)}${example}`;
}
