import type { StateStore } from './core/cluster.ts';
import type { Session } from './election.ts';
import { isNewer, version } from './version.ts';

/**
 * State below `<zk path>/state`, in the subtrees that real Marathon has (`apps`, `instance`,
 * `deployment`, `framework-id`), but as plain JSON and without its hex buckets.
 */
const versionPath = 'internal:storage:version';

export class ZooKeeperStore implements StateStore {
  readonly #session: () => Session;
  readonly #root: string;
  /** Writes keep their order: the last one to a path has to win. */
  #writes: Promise<void> = Promise.resolve();

  constructor(session: () => Session, root: string) {
    this.#session = session;
    this.#root = root;
  }

  async load(): Promise<ReadonlyMap<string, string>> {
    const session = this.#session();
    await this.#checkVersion();
    const found = new Map<string, string>();
    for (const kind of ['apps', 'group', 'instance', 'deployment']) {
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

  /** Data moves forward only: an older program on newer data does not start. */
  async #checkVersion(): Promise<void> {
    const session = this.#session();
    const path = `${this.#root}/${versionPath}`;
    await session.ensurePath(this.#root);
    const entry = await session.get(path);
    if (entry === undefined) {
      await session.create(path, version, 'persistent');
      return;
    }
    const stored = entry.data.toString('utf8');
    if (!/^\d+\.\d+\.\d+$/.test(stored)) {
      throw new Error(
        `the state below ${this.#root} was written by real Marathon, not by this stand-in`,
      );
    }
    if (isNewer(stored, version)) {
      throw new Error(`Migration from ${stored} is not supported as it is newer than ${version}`);
    }
    if (stored !== version) await session.set(path, version);
  }

  async #read(path: string, found: Map<string, string>): Promise<void> {
    const entry = await this.#session().get(`${this.#root}/${path}`);
    if (entry !== undefined) found.set(path, entry.data.toString('utf8'));
  }

  #inOrder(write: (session: Session) => Promise<void>): Promise<void> {
    const done = this.#writes.then(() => write(this.#session()));
    this.#writes = done.catch(() => undefined);
    return done;
  }
}
