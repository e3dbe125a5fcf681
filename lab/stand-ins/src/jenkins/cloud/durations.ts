/** Units of Lightbend's configuration library (HOCON.md, "Duration format"), which reads the plugin's settings. */
const units: readonly (readonly [RegExp, number])[] = [
  [/^(ms|milli|millis|millisecond|milliseconds)?$/, 1],
  [/^(s|second|seconds)$/, 1000],
  [/^(m|minute|minutes)$/, 60_000],
  [/^(h|hour|hours)$/, 3_600_000],
  [/^(d|day|days)$/, 86_400_000],
];

/** Milliseconds of `5 minutes`, `5m`, `300000`; throws as the library does. */
export function parseDurationMs(path: string, text: string): number {
  const [, number = '', unit = ''] = /^\s*([\d.]+)\s*([a-z]*)\s*$/.exec(text) ?? [];
  const factor = units.find(([names]) => names.test(unit))?.[1];
  if (number === '' || factor === undefined) {
    throw new Error(
      `com.typesafe.config.ConfigException$BadValue: Invalid value at '${path}': '${text}'`,
    );
  }
  return Number(number) * factor;
}
