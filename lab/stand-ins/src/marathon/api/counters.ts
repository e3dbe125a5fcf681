/** Totals since this process leads, by name. */
export class Counters {
  readonly #totals = new Map<string, number>();

  readonly add = (name: string, by = 1): void => {
    this.#totals.set(name, (this.#totals.get(name) ?? 0) + by);
  };

  all(): Record<string, { count: number }> {
    const sorted = [...this.#totals].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, count]) => [name, { count }]));
  }
}
