import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file.ts';

export interface QueueItem {
  readonly id: number;
  readonly job: string;
  readonly inQueueSince: number;
  /** End of the quiet period; from then on it only waits for an executor. */
  readonly dueAt: number;
  /** Who asked for it. */
  readonly user: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** An item that is no longer in the queue. */
export interface LeftItem extends QueueItem {
  readonly leftAt: number;
  readonly cancelled: boolean;
  /** Number of the build that it became. */
  readonly build: number | undefined;
}

interface Saved {
  readonly nextId: number;
  readonly items: readonly QueueItem[];
}

/** `Queue.leftItems` of core forgets them after so long. */
const keepLeftMs = 300_000;

/** What waits for an executor; kept over restarts, as Jenkins does in its own `queue.xml`. */
export class Queue {
  readonly #path: string;
  readonly #left = new Map<number, LeftItem>();
  #saved: Saved;

  constructor(home: string) {
    this.#path = join(home, 'queue.json');
    this.#saved = existsSync(this.#path)
      ? (JSON.parse(readFileSync(this.#path, 'utf8')) as Saved)
      : { nextId: 1, items: [] };
  }

  items(): readonly QueueItem[] {
    return this.#saved.items;
  }

  get(id: number): QueueItem | undefined {
    return this.#saved.items.find((item) => item.id === id);
  }

  left(id: number, now: number): LeftItem | undefined {
    for (const { id: old, leftAt } of this.#left.values())
      if (now - leftAt > keepLeftMs) this.#left.delete(old);
    return this.#left.get(id);
  }

  /** A second request with the same parameters is the same item; its wait is the shorter of both. */
  add(item: Omit<QueueItem, 'id'>): QueueItem {
    const same = this.#saved.items.find(
      (one) => one.job === item.job && sameParameters(one.parameters, item.parameters),
    );
    if (same === undefined) return this.#append({ ...item, id: this.#saved.nextId });
    const merged = { ...same, dueAt: Math.min(same.dueAt, item.dueAt) };
    this.#save(this.#saved.items.map((one) => (one === same ? merged : one)));
    return merged;
  }

  /** It has become that build. */
  started(id: number, build: number, now: number): void {
    this.#leave(id, { leftAt: now, cancelled: false, build });
  }

  /** False: there is no such item. */
  cancel(id: number, now: number): boolean {
    return this.#leave(id, { leftAt: now, cancelled: true, build: undefined });
  }

  cancelJob(job: string, now: number): void {
    for (const item of this.#saved.items) if (item.job === job) this.cancel(item.id, now);
  }

  #append(item: QueueItem): QueueItem {
    this.#save([...this.#saved.items, item], item.id + 1);
    return item;
  }

  #leave(id: number, how: Pick<LeftItem, 'leftAt' | 'cancelled' | 'build'>): boolean {
    const item = this.get(id);
    if (item === undefined) return false;
    this.#left.set(id, { ...item, ...how });
    this.#save(this.#saved.items.filter((one) => one.id !== id));
    return true;
  }

  #save(items: readonly QueueItem[], nextId = this.#saved.nextId): void {
    this.#saved = { nextId, items };
    writeAtomically(this.#path, JSON.stringify(this.#saved));
  }
}

function sameParameters(a: QueueItem['parameters'], b: QueueItem['parameters']): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}
