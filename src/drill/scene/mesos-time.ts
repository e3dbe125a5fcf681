const unitsMs: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, ms: 1, secs: 1000, mins: 60_000 },
  ...{ hrs: 3_600_000, days: 86_400_000, weeks: 604_800_000 },
};

/** `10secs`, `1.5mins`, as Mesos prints its durations (1.12); undefined for anything else. */
export function parseMesosTime(text: string | undefined): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text ?? '') ?? [];
  const unitMs = unitsMs[unit];
  return number === undefined || unitMs === undefined ? undefined : Number(number) * unitMs;
}
