import { z } from 'zod';
import { show } from './fault.ts';

/** So many of a group, or so many hundredths of it. */
export type Portion = { readonly count: number } | { readonly percent: number };

/** `4` or `10%` as it is typed; undefined for anything else. */
export function parsePortion(text: string, least: number): Portion | undefined {
  const [, digits = '', sign] = /^(\d{1,4})(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === '' || number < least || (sign === '%' && number > 100)) return undefined;
  return sign === '%' ? { percent: number } : { count: number };
}

/** A number or a percentage, in the cluster file; `what` completes "must be …". */
export function portion(what: string, least: number) {
  const form = `${what}: a number from ${String(least)} on, or a part like "10%"`;
  const told = ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is missing: write ${form}` : `must be ${form}, not ${show(input)}`;
  const ends = { abort: true, error: told };
  const count = z.int(ends).min(least, ends).max(9999, ends);
  return z
    .union([count, z.string(ends).regex(/^\d{1,3}%$/, ends)], { error: told })
    .refine((value) => parsePortion(String(value), least) !== undefined, { error: told })
    .transform((value) => parsePortion(String(value), least) ?? { count: least });
}

/**
 * Of a group of `total`; rounded down, but one at least where the portion is not nothing: 10 % of 40
 * is 4, and 10 % of 5 is 1.
 */
export function portionOf(part: Portion, total: number): number {
  if ('count' in part) return Math.min(part.count, total);
  return part.percent === 0 ? 0 : Math.max(1, Math.floor((part.percent * total) / 100));
}
