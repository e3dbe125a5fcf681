/** Mesos' durations: `10secs`, `1500ms`; `10s` and bare numbers are refused at its start (1.11). */
export function mesosDuration(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}mins`;
  return ms % 1000 === 0 ? `${ms / 1000}secs` : `${ms}ms`;
}
