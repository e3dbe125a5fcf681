import type { Session } from '../../../src/marathon/election.ts';
import type { CreateKind, Entry, SessionOptions } from '../../../src/shared/zookeeper.ts';
import { settle } from '../../shared/support/fake-clock.ts';

interface Znode {
  readonly data: Buffer;
  readonly owner: FakeSession | undefined;
}

/** One ZooKeeper in memory. Sessions lose their connection, or their life, when the test says so. */
export class FakeZooKeeper {
  readonly znodes = new Map<string, Znode>();
  readonly sessions: FakeSession[] = [];
  /** Nobody gets in. */
  down = false;
  #sequence = 0;
  readonly #watches = new Map<string, (() => void)[]>();

  readonly session = (options: SessionOptions): Session => {
    const session = new FakeSession(this, options);
    this.sessions.push(session);
    return session;
  };

  names(folder: string): string[] {
    const start = `${folder}/`;
    return [...this.znodes.keys()]
      .filter((path) => path.startsWith(start) && !path.slice(start.length).includes('/'))
      .map((path) => path.slice(start.length));
  }

  /** With an owner it is ephemeral. */
  put(path: string, data: Buffer | string, owner?: FakeSession): void {
    this.znodes.set(path, { data: Buffer.from(data), owner });
    this.#changed(path);
  }

  number(): string {
    return String((this.#sequence += 1)).padStart(10, '0');
  }

  drop(path: string): void {
    if (this.znodes.delete(path)) this.#changed(path);
  }

  watch(folder: string, onChange: () => void): void {
    this.#watches.set(folder, [...(this.#watches.get(folder) ?? []), onChange]);
  }

  /** The server forgets a session, as it does when nothing was heard of it for so long. */
  async expire(session: FakeSession): Promise<void> {
    for (const [path, { owner }] of this.znodes) if (owner === session) this.drop(path);
    await settle();
  }

  #changed(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const watches = this.#watches.get(folder) ?? [];
    this.#watches.delete(folder);
    for (const call of watches) call();
  }
}

export class FakeSession implements Session {
  over = false;
  connected = true;
  /** How many of the next questions get no answer, although the connection stays. */
  unanswered = 0;
  readonly #zookeeper: FakeZooKeeper;
  readonly options: SessionOptions;

  constructor(zookeeper: FakeZooKeeper, options: SessionOptions) {
    this.#zookeeper = zookeeper;
    this.options = options;
  }

  open(): Promise<void> {
    if (this.#zookeeper.down) return Promise.reject(new Error('no ZooKeeper'));
    return this.#ask(() => undefined);
  }

  close(): void {
    this.over = true;
    void this.#zookeeper.expire(this);
  }

  create(path: string, data: Buffer | string, kind: CreateKind): Promise<string> {
    return this.#ask(() => {
      const full = kind.endsWith('sequential') ? `${path}${this.#zookeeper.number()}` : path;
      this.#zookeeper.put(full, data, kind.startsWith('ephemeral') ? this : undefined);
      return full;
    });
  }

  ensurePath(): Promise<void> {
    return this.#ask(() => undefined);
  }

  get(path: string): Promise<Entry | undefined> {
    return this.#ask(() => {
      const znode = this.#zookeeper.znodes.get(path);
      return znode === undefined ? undefined : { data: znode.data, version: 0 };
    });
  }

  set(path: string, data: Buffer | string): Promise<void> {
    return this.#ask(() => {
      this.#zookeeper.put(path, data);
    });
  }

  remove(path: string): Promise<void> {
    return this.#ask(() => {
      this.#zookeeper.drop(path);
    });
  }

  children(path: string, onChange?: () => void): Promise<string[]> {
    return this.#ask(() => {
      this.#zookeeper.watch(path, () => {
        if (this.connected) onChange?.();
      });
      return this.#zookeeper.names(path);
    });
  }

  /** Curator calls it SUSPENDED. */
  async loseConnection(): Promise<void> {
    this.connected = false;
    this.options.onDisconnected?.();
    await settle();
  }

  #ask<T>(answer: () => T): Promise<T> {
    if (this.over || !this.connected) return Promise.reject(new Error('CONNECTION_LOSS'));
    if (this.unanswered > 0) {
      this.unanswered -= 1;
      return Promise.reject(new Error('did not answer'));
    }
    return Promise.resolve(answer());
  }
}
