import { z } from 'zod';
import { show } from './fault.ts';

/**
 * The strict forms of names and numbers that later stand in a command, a file or a URL. None of them
 * can begin with `-`, so no value is ever taken for an option.
 */

/** Text that matches `pattern`; `what` completes "must be …". */
export function text(what: string, pattern: RegExp) {
  return z
    .string({ error: ({ input }) => notText(what, input) })
    .regex(pattern, { abort: true, error: ({ input }) => `must be ${what}, not ${show(input)}` });
}

function notText(what: string, input: unknown): string {
  if (input === undefined) return `is missing: write ${what}`;
  const quotable = typeof input === 'number' || typeof input === 'boolean';
  const hint = quotable ? `; as text it is written "${show(input)}"` : '';
  return `must be ${what}, not ${show(input)}${hint}`;
}

export function integer(what: string, min: number, max: number) {
  return z
    .int(inRange(what, min, max))
    .min(min, inRange(what, min, max))
    .max(max, inRange(what, min, max));
}

export function port() {
  return integer('a port', 1, 65_535);
}

/** Cores of a host; Mesos calculates with three decimals. */
export function cpus() {
  const range = inRange('a number of cores', 0.1, 1024);
  return z.number(range).min(0.1, range).max(1024, range);
}

function inRange(what: string, min: number, max: number) {
  const range = `${what} from ${String(min)} to ${String(max)}`;
  return {
    abort: true,
    error: ({ input }: { readonly input?: unknown }) =>
      input === undefined
        ? `is missing: write ${range}`
        : `must be ${range}, not ${show(input)}${numberHint(input)}`,
  };
}

function numberHint(input: unknown): string {
  return typeof input === 'string' && /^\d+$/.test(input) ? '; write it without quotes' : '';
}

export function flag() {
  return z.boolean({ error: ({ input }) => notFlag(input) });
}

function notFlag(input: unknown): string {
  return input === undefined
    ? 'is missing: write true or false'
    : `must be true or false, not ${show(input)}`;
}

/** Becomes part of labels, paths and, for controllers, of a Marathon app id. */
export const shortName = text(
  'a name of lower-case letters, digits and inner hyphens, at most 40',
  /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
);

export const hostName = text(
  'a name of lower-case letters, digits and inner hyphens, at most 63',
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
);

export const userName = text(
  'a user name: a letter or "_", then letters, digits, ".", "_" and "-", at most 32',
  /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/,
);

/** At most 15 characters in Linux. */
export const networkInterface = text(
  'the name of a network interface like eth0',
  /^[A-Za-z][A-Za-z0-9._-]{0,14}$/,
);

export const environmentVariable = text(
  'the name of an environment variable',
  /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
);

/** As in docs/check.md; which ones exist is checked apart. */
export const checkName = text('the name of a check like PORT_MATRIX', /^[A-Z][A-Z0-9_]{0,62}$/);

export const notice = text('one line of text, at most 500 characters', /^[^-\s][^\r\n]{0,499}$/);

/** `:` and `;` separate attributes in Mesos' own notation. */
export const attributeName = text(
  'letters, digits, ".", "_" and "-", at most 63, beginning with a letter',
  /^[A-Za-z][A-Za-z0-9._-]{0,62}$/,
);

export const attributeValue = text(
  'letters, digits, ".", "_", "/" and "-", at most 255, beginning with a letter or digit',
  /^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/,
);
