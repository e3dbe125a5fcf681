/** Text forms of Mesos' values (stout duration.hpp, bytes.hpp, numify.hpp; Mesos 1.11). */
const durationUnitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};

/** Milliseconds of `10secs`, `1mins`; throws with the text that Mesos prints. */
export function parseDurationMs(text: string): number {
  const match = /^([\d.]*)(.+)$/.exec(text);
  const unit = match?.[2] ?? '';
  if (match === null || /^[\d.]+$/.test(text)) throw new Error(`Invalid duration '${text}'`);
  const value = parseNumber(match[1] ?? '');
  const factor = durationUnitsMs[unit];
  if (factor === undefined) {
    throw new Error(
      `Unknown duration unit '${unit}'; supported units are 'ns', 'us', 'ms', 'secs', 'mins', 'hrs', 'days', and 'weeks'`,
    );
  }
  return value * factor;
}

/** Bytes of `2GB`; throws with the text that Mesos prints. */
export function parseBytes(text: string): number {
  const match = /^(\d+)(.*)$/.exec(text);
  if (match?.[2] === undefined || match[2] === '') throw new Error(`Invalid bytes '${text}'`);
  const factor = byteUnits[match[2]];
  if (factor === undefined) throw new Error(`Unknown bytes unit '${match[2]}'`);
  return Number(match[1]) * factor;
}

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) {
    throw new Error(`Failed to convert '${text}' to number`);
  }
  return value;
}

/** Like stout's Duration printer: the largest unit that divides without rest. */
export function formatDuration(ms: number): string {
  const units = Object.entries(durationUnitsMs).reverse();
  const [unit, factor] = units.find(([, size]) => ms >= size && ms % size === 0) ?? ['ns', 1e-6];
  return `${ms / factor}${unit}`;
}
