import type { Refusal } from './offer-match.ts';

export interface Waiting {
  readonly name: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly offersSeen: number;
  /** How many offers were refused for what reason; of each offer the first reason counts. */
  readonly rejected: Readonly<Partial<Record<Refusal, number>>>;
  /** The connection broke before an offer came, and the launch was lost with it. */
  readonly lost: boolean;
}

/** Why agents are not launched. The real plugin counts nothing of it; this is for who looks on. */
export class WaitingList {
  readonly #entries = new Map<string, Waiting>();

  add(name: string, label: string, now: number): void {
    this.#entries.set(name, { name, label, since: now, offersSeen: 0, rejected: {}, lost: false });
  }

  remove(name: string): void {
    this.#entries.delete(name);
  }

  refused(name: string, by: Refusal): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    const rejected = { ...entry.rejected, [by]: (entry.rejected[by] ?? 0) + 1 };
    this.#entries.set(name, { ...entry, offersSeen: entry.offersSeen + 1, rejected });
  }

  connectionLost(): void {
    for (const [name, entry] of this.#entries) this.#entries.set(name, { ...entry, lost: true });
  }

  list(): readonly Waiting[] {
    return [...this.#entries.values()];
  }
}

export function describe(waiting: Waiting, now: number): string {
  const { name, since, offersSeen, rejected, lost } = waiting;
  const reasons = Object.entries(rejected).map(([reason, count]) => `${reason} ${count}`);
  const waits = `${name} waits for ${Math.round((now - since) / 1000)} s`;
  if (lost) return `${waits}: its launch was lost with the connection to Mesos`;
  if (offersSeen === 0) return `${waits}: no offer came`;
  return `${waits}: no offer fits: ${offersSeen} seen, refused for ${reasons.join(', ')}`;
}
