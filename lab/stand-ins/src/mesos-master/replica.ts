import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

type ReplicaStatus = 'EMPTY' | 'STARTING' | 'VOTING';

/** A value of the log: the whole registry, as JSON text, with the proposal that wrote it. */
export interface Entry {
  readonly proposal: number;
  readonly position: number;
  readonly value: string;
}

export interface ReplicaState {
  readonly status: ReplicaStatus;
  readonly promised: number;
  readonly entry: Entry | undefined;
}

export type ReplicaRequest =
  | { readonly kind: 'look' }
  | { readonly kind: 'promise'; readonly proposal: number }
  | { readonly kind: 'write'; readonly entry: Entry };

export interface ReplicaAnswer extends ReplicaState {
  readonly accepted: boolean;
}

export interface ReplicaStore {
  readonly load: () => ReplicaState;
  readonly save: (state: ReplicaState) => void;
}

const fresh: ReplicaState = { status: 'EMPTY', promised: 0, entry: undefined };

/**
 * This master's copy of the registry: the smallest thing that keeps the promise of Mesos' replicated log
 * (docs/replicated-log-internals.md, 1.11): a replica votes only after bootstrap or catch-up, what a quorum
 * accepted is never lost, and an overtaken leader can no longer write.
 */
export class Replica {
  readonly #store: ReplicaStore;
  #state: ReplicaState;

  constructor(store: ReplicaStore) {
    this.#store = store;
    this.#state = store.load();
  }

  get state(): ReplicaState {
    return this.#state;
  }

  answer(request: ReplicaRequest): ReplicaAnswer {
    return { accepted: this.#try(request), ...this.#state };
  }

  /** During recovery only: what the others agreed on, or the first step of a new log. */
  adopt(state: ReplicaState): void {
    this.#change(state);
  }

  #try(request: ReplicaRequest): boolean {
    if (request.kind === 'look') return true;
    if (this.#state.status !== 'VOTING') return false;
    if (request.kind === 'promise') {
      if (request.proposal <= this.#state.promised) return false;
      this.#change({ ...this.#state, promised: request.proposal });
      return true;
    }
    if (request.entry.proposal < this.#state.promised) return false;
    this.#change({ ...this.#state, promised: request.entry.proposal, entry: request.entry });
    return true;
  }

  #change(state: ReplicaState): void {
    this.#state = state;
    this.#store.save(state);
  }
}

export function memoryStore(): ReplicaStore {
  let state = fresh;
  return {
    load: () => state,
    save: (next) => {
      state = next;
    },
  };
}

export function fileStore(path: string): ReplicaStore {
  return {
    load: () => {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as ReplicaState;
      } catch {
        return fresh;
      }
    },
    save: (state) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.tmp`, JSON.stringify(state));
      renameSync(`${path}.tmp`, path);
    },
  };
}
