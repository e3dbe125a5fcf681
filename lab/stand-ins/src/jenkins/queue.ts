import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface QueueItem {
  readonly id: number;
  readonly job: string;
  readonly label: string | undefined;
  readonly inQueueSince: number;
  readonly cause: string;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Saved {
  readonly nextId: number;
  readonly items: readonly QueueItem[];
}

/** What waits for an executor; kept over restarts, as Jenkins does in its own `queue.xml`. */
export class Queue {
  readonly #path: string;
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

  /** A second request with the same parameters is the same item, as in Jenkins' quiet period. */
  add(item: Omit<QueueItem, 'id'>): QueueItem {
    const same = this.#saved.items.find(
      (one) => one.job === item.job && sameParameters(one.parameters, item.parameters),
    );
    if (same !== undefined) return same;
    const added = { ...item, id: this.#saved.nextId };
    this.#save({ nextId: added.id + 1, items: [...this.#saved.items, added] });
    return added;
  }

  remove(id: number): void {
    this.#save({ ...this.#saved, items: this.#saved.items.filter((one) => one.id !== id) });
  }

  removeJob(job: string): void {
    this.#save({ ...this.#saved, items: this.#saved.items.filter((one) => one.job !== job) });
  }

  #save(saved: Saved): void {
    this.#saved = saved;
    writeFileSync(this.#path, JSON.stringify(saved));
  }
}

/** Why an item waits, in Jenkins' words (`hudson/model/Messages.properties`, core 2.5xx). */
export function why(item: QueueItem, controller: { readonly quietingDown: boolean }): string {
  if (controller.quietingDown) return 'Jenkins is about to shut down';
  return item.label === undefined
    ? 'Waiting for next available executor'
    : `There are no nodes with the label ‘${item.label}’`;
}

function sameParameters(a: QueueItem['parameters'], b: QueueItem['parameters']): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}
