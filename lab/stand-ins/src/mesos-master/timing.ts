const percentiles: Readonly<Record<string, number>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
  p9999: 0.9999,
};

const kept = 1000;

/** How long something took, the last thousand times, as Mesos reports its timers. */
export class Timing {
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(ms);
    if (this.#values.length > kept) this.#values.shift();
  }

  /** Under `name`; with two values or more also `name/count`, `name/p50` … (1.12.0). */
  metrics(name: string): Record<string, number> {
    const last = this.#values.at(-1);
    if (last === undefined) return {};
    if (this.#values.length < 2) return { [name]: last };
    const sorted = [...this.#values].sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
    return {
      [name]: last,
      [`${name}/count`]: sorted.length,
      [`${name}/min`]: at(0),
      [`${name}/max`]: at(1),
      ...Object.fromEntries(
        Object.entries(percentiles).map(([key, part]) => [`${name}/${key}`, at(part)]),
      ),
    };
  }
}
