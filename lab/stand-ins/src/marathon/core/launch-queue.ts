import type { App } from '../app/app-schema.ts';
import type { Offer } from '../mesos/wire.ts';
import { rejectReasons, type RejectReason } from './offer-match.ts';

export interface QueueEntry {
  readonly app: App;
  readonly count: number;
  readonly since: number;
  readonly processed: number;
  readonly unused: number;
  readonly lastUnusedAt: number | undefined;
  readonly lastUsedAt: number | undefined;
  readonly rejected: Readonly<Record<RejectReason, number>>;
  /** One per agent: what its last offer lacked. */
  readonly lastRejections: ReadonlyMap<string, Rejection>;
}

export interface Rejection {
  readonly offer: Offer;
  readonly reason: RejectReason;
  readonly at: number;
}

export interface Outcome {
  readonly offer: Offer;
  readonly at: number;
  /** Undefined if the offer was used. */
  readonly reason: RejectReason | undefined;
}

/** What still has to be launched, and why it is not yet: the content of `/v2/queue`. */
export class LaunchQueue {
  readonly #entries = new Map<string, QueueEntry>();

  /** A new version of the app begins its count of refused offers anew. */
  want(app: App, count: number, now: number): void {
    const before = this.#entries.get(app.id);
    if (count === 0) {
      this.#entries.delete(app.id);
      return;
    }
    const same = before?.app.version === app.version;
    this.#entries.set(app.id, same ? { ...before, count } : fresh(app, count, now));
  }

  drop(appId: string): void {
    this.#entries.delete(appId);
  }

  entries(): QueueEntry[] {
    return [...this.#entries.values()];
  }

  record(appId: string, outcome: Outcome): void {
    const entry = this.#entries.get(appId);
    if (entry === undefined) return;
    this.#entries.set(
      appId,
      outcome.reason === undefined ? used(entry, outcome) : unused(entry, outcome),
    );
  }
}

function fresh(app: App, count: number, now: number): QueueEntry {
  const rejected = Object.fromEntries(rejectReasons.map((reason) => [reason, 0]));
  return {
    app,
    count,
    since: now,
    processed: 0,
    unused: 0,
    lastUnusedAt: undefined,
    lastUsedAt: undefined,
    rejected: rejected as Record<RejectReason, number>,
    lastRejections: new Map(),
  };
}

function used(entry: QueueEntry, { offer, at }: Outcome): QueueEntry {
  const lastRejections = new Map(entry.lastRejections);
  lastRejections.delete(offer.agent_id.value);
  return {
    ...entry,
    count: entry.count - 1,
    processed: entry.processed + 1,
    lastUsedAt: at,
    lastRejections,
  };
}

function unused(entry: QueueEntry, { offer, at, reason }: Outcome): QueueEntry {
  if (reason === undefined) return entry;
  const rejection = { offer, reason, at };
  return {
    ...entry,
    processed: entry.processed + 1,
    unused: entry.unused + 1,
    lastUnusedAt: at,
    rejected: { ...entry.rejected, [reason]: entry.rejected[reason] + 1 },
    lastRejections: new Map(entry.lastRejections).set(offer.agent_id.value, rejection),
  };
}
