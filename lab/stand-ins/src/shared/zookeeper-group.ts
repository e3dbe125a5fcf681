import { realClock, type Clock } from './clock.ts';
import { ZooKeeperSession } from './zookeeper.ts';
import type { ZooKeeperUrl } from './zookeeper-url.ts';

export interface GroupOptions {
  readonly url: ZooKeeperUrl;
  readonly sessionTimeoutMs: number;
  /** Folder of the members, `/mesos`; made where missing. */
  readonly path: string;
  /** Only members whose name starts so are counted. */
  readonly prefix?: string;
  /** What this process contributes: an ephemeral sequential znode. Without it the group is only watched. */
  readonly join?: { readonly prefix: string; readonly content: () => string };
  readonly clock?: Clock;
  /** Sorted by sequence number; `undefined` while no session exists, so that nothing is known. */
  readonly onMembers?: (members: readonly Member[] | undefined) => void;
  readonly onJoined?: (name: string) => void;
  /** The session is lost and with it the own znode; the group joins again by itself unless stopped. */
  readonly onLost?: (reason: string) => void;
  readonly onError?: (error: unknown) => void;
}

export interface Member {
  readonly name: string;
  readonly content: string;
}

/** Mesos repeats failed group operations every 2 seconds (`src/zookeeper/group.cpp`, 1.11). */
const retryMs = 2000;

/** A folder of ephemeral members in ZooKeeper: joined, watched, and joined again after a lost session. */
export class Group {
  readonly #options: GroupOptions;
  readonly #clock: Clock;
  readonly #contents = new Map<string, string>();
  #session: ZooKeeperSession | undefined;
  #joinedAs: string | undefined;
  #stopped = false;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
  }

  start(): void {
    void this.#enter();
  }

  /** Leaves the group at once (the session is closed on the server). */
  stop(): void {
    this.#stopped = true;
    this.#session?.close();
  }

  get session(): ZooKeeperSession | undefined {
    return this.#session;
  }

  async #enter(): Promise<void> {
    if (this.#stopped) return;
    const { url, sessionTimeoutMs, path, join } = this.#options;
    const session = new ZooKeeperSession({
      servers: url.servers,
      credentials: url.credentials,
      sessionTimeoutMs,
      clock: this.#clock,
      onExpired: (reason) => {
        this.#lost(session, reason);
      },
    });
    this.#session = session;
    try {
      await session.open(sessionTimeoutMs);
      await session.ensurePath(path);
      if (join !== undefined) await this.#join(session, join);
      await this.#look(session);
    } catch (error) {
      if (this.#session !== session) return;
      this.#options.onError?.(error);
      session.close();
      this.#clock.after(retryMs, () => void this.#enter());
    }
  }

  async #join(
    session: ZooKeeperSession,
    { prefix, content }: NonNullable<GroupOptions['join']>,
  ): Promise<void> {
    const start = this.#options.path === '/' ? '' : this.#options.path;
    const made = await session.create(`${start}/${prefix}`, content(), 'ephemeral-sequential');
    this.#joinedAs = made.slice(made.lastIndexOf('/') + 1);
    this.#options.onJoined?.(this.#joinedAs);
  }

  async #look(session: ZooKeeperSession): Promise<void> {
    const names = await session.children(this.#options.path, () => {
      this.#lookAgain(session);
    });
    if (this.#joinedAs !== undefined && !names.includes(this.#joinedAs)) {
      // Somebody deleted the own znode although the session lives: start again with a fresh one.
      session.close();
      this.#lost(session, 'membership cancelled');
      return;
    }
    const mine = names
      .filter((name) => name.startsWith(this.#options.prefix ?? ''))
      .sort((a, b) => sequence(a) - sequence(b));
    for (const known of this.#contents.keys()) {
      if (!names.includes(known)) this.#contents.delete(known);
    }
    const members = await Promise.all(mine.map((name) => this.#member(session, name)));
    if (session.over) return;
    this.#options.onMembers?.(members.filter((member) => member !== undefined));
  }

  #lookAgain(session: ZooKeeperSession): void {
    if (session.over) return;
    this.#look(session).catch((error: unknown) => {
      this.#options.onError?.(error);
      this.#clock.after(retryMs, () => {
        this.#lookAgain(session);
      });
    });
  }

  async #member(session: ZooKeeperSession, name: string): Promise<Member | undefined> {
    const known = this.#contents.get(name);
    if (known !== undefined) return { name, content: known };
    const entry = await session.get(`${this.#options.path}/${name}`);
    // A folder beside the members (`log_replicas`) has no number and is none.
    if (entry === undefined || Number.isNaN(sequence(name))) return undefined;
    this.#contents.set(name, entry.data.toString('utf8'));
    return { name, content: entry.data.toString('utf8') };
  }

  #lost(session: ZooKeeperSession, reason: string): void {
    if (this.#session !== session) return;
    this.#contents.clear();
    this.#joinedAs = undefined;
    this.#options.onMembers?.(undefined);
    this.#options.onLost?.(reason);
    void this.#enter();
  }
}

function sequence(name: string): number {
  return Number.parseInt(/(\d{10})$/.exec(name)?.[1] ?? '', 10);
}
