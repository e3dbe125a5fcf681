import { InvalidArgumentError, Option } from 'commander';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `30s`, `15m`, `2h` as milliseconds; from one second to a day. */
export function durationOption(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * (units[unit] ?? Number.NaN);
  if (ms >= 1000 && ms <= 86_400_000) return ms;
  throw new InvalidArgumentError('a time with its unit like 30s, 15m or 1h, at most 24h.');
}

/** An option that takes a time, with the default as one would type it. */
export function timeOption(flags: string, description: string, standard: string): Option {
  const ms = durationOption(standard);
  return new Option(flags, description).argParser(durationOption).default(ms, standard);
}
