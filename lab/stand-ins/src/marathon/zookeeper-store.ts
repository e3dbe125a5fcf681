import type { ZooKeeperSession } from '../shared/zookeeper.ts';
import type { StateStore } from './core/cluster.ts';

/**
 * State below `<zk path>/state`, in the subtrees that real Marathon has (`apps`, `instance`,
 * `deployment`, `framework-id`), but as plain JSON and without its hex buckets.
 */
export class ZooKeeperStore implements StateStore {
  readonly #session: () => ZooKeeperSession;
  readonly #root: string;
  /** Writes keep their order: the last one to a path has to win. */
  #writes: Promise<void> = Promise.resolve();

  constructor(session: () => ZooKeeperSession, root: string) {
    this.#session = session;
    this.#root = root;
  }

  async load(): Promise<ReadonlyMap<string, string>> {
    const session = this.#session();
    const found = new Map<string, string>();
    for (const kind of ['apps', 'instance', 'deployment']) {
      await session.ensurePath(`${this.#root}/${kind}`);
      for (const name of await session.children(`${this.#root}/${kind}`)) {
        await this.#read(`${kind}/${name}`, found);
      }
    }
    await this.#read('framework-id', found);
    return found;
  }

  save(path: string, content: string): Promise<void> {
    return this.#inOrder(async (session) => {
      const full = `${this.#root}/${path}`;
      if ((await session.get(full)) === undefined)
        await session.create(full, content, 'persistent');
      else await session.set(full, content);
    });
  }

  remove(path: string): Promise<void> {
    return this.#inOrder((session) => session.remove(`${this.#root}/${path}`));
  }

  async #read(path: string, found: Map<string, string>): Promise<void> {
    const entry = await this.#session().get(`${this.#root}/${path}`);
    if (entry !== undefined) found.set(path, entry.data.toString('utf8'));
  }

  #inOrder(write: (session: ZooKeeperSession) => Promise<void>): Promise<void> {
    const done = this.#writes.then(() => write(this.#session()));
    this.#writes = done.catch(() => undefined);
    return done;
  }
}
