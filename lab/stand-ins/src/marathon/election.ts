import { randomUUID } from 'node:crypto';
import { realClock, type Clock } from '../shared/clock.ts';
import type { SessionOptions, ZooKeeperSession } from '../shared/zookeeper.ts';
import type { ZooKeeperUrl } from '../shared/zookeeper-url.ts';
import type { Crash } from './exit-codes.ts';
import { participantsInOrder } from './latch.ts';
import type { Log } from './log.ts';

/** The part of a session that an election and a store need. */
export type Session = Pick<
  ZooKeeperSession,
  'children' | 'close' | 'create' | 'ensurePath' | 'get' | 'open' | 'over' | 'remove' | 'set'
>;

export interface ElectionOptions {
  readonly session: (options: SessionOptions) => Session;
  readonly url: ZooKeeperUrl;
  readonly sessionTimeoutMs: number;
  readonly connectionTimeoutMs: number;
  /** `host:port` under which the others reach this one; unique. */
  readonly self: string;
  readonly onElected: () => void;
  readonly crash: Crash;
  readonly log: Log;
  readonly clock?: Clock;
}

/** Before a question that failed is asked again; the real one's retries are not recorded. */
const retryMs = 1000;

/**
 * Curator's LeaderLatch as Marathon 1.10 uses it (`CuratorElectionStream.scala`): the participant
 * with the lowest sequence suffix leads. A process leads at most once and ends with its leadership.
 */
export class Election {
  readonly #options: ElectionOptions;
  readonly #folder: string;
  readonly #session: Session;
  #leader: string | undefined;
  #joined = false;
  #elected = false;
  #leaving = false;
  #looks = 0;
  #cancelRetry: () => void = () => undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#folder = `${options.url.path}/leader-curator`;
    this.#session = options.session({
      servers: options.url.servers,
      credentials: options.url.credentials,
      sessionTimeoutMs: options.sessionTimeoutMs,
      onDisconnected: () => {
        this.#suspended();
      },
      onConnected: () => {
        if (this.#joined) this.#lookAgain();
      },
      onExpired: (reason) => {
        this.#options.crash('zookeeperConnectionLost', `ZooKeeper session lost: ${reason}`);
      },
    });
  }

  get session(): Session {
    return this.#session;
  }

  get isLeader(): boolean {
    return this.#elected;
  }

  /** `host:port` of whoever leads, as far as known. */
  get leader(): string | undefined {
    return this.#leader;
  }

  async start(): Promise<void> {
    const { connectionTimeoutMs, crash, self, url } = this.#options;
    try {
      await this.#session.open(connectionTimeoutMs);
    } catch {
      crash('zookeeperConnectionFailed', `no ZooKeeper at ${url.servers}`);
      return;
    }
    await this.#session.ensurePath(this.#folder);
    const name = `${this.#folder}/_c_${randomUUID()}-latch-`;
    await this.#session.create(name, self, 'ephemeral-sequential');
    this.#joined = true;
    await this.#look();
  }

  /** Leaves at once, so that the next one need not wait for the session to expire. */
  leave(): void {
    this.#leaving = true;
    this.#elected = false;
    this.#session.close();
  }

  async #look(): Promise<void> {
    const turn = ++this.#looks;
    const names = await this.#session.children(this.#folder, () => {
      this.#lookAgain();
    });
    const contents = await Promise.all(
      participantsInOrder(names).map((name) => this.#content(name)),
    );
    // An answer that comes after a later question's is about the past.
    if (turn === this.#looks) this.#judge(contents.filter((content) => content !== undefined));
  }

  #lookAgain(): void {
    if (this.#leaving || this.#session.over) return;
    this.#look().catch((error: unknown) => {
      this.#options.log.warning(`error while getting current leader: ${String(error)}`);
      // Not left to the next change: the watch that would tell of it may not have been set.
      this.#cancelRetry();
      this.#cancelRetry = (this.#options.clock ?? realClock).after(retryMs, () => {
        this.#lookAgain();
      });
    });
  }

  #judge(participants: readonly string[]): void {
    const { self, crash, log, onElected } = this.#options;
    if (participants.filter((one) => one === self).length > 1) {
      const text = `Multiple election participants have the same ID: ${self}. This is not allowed.`;
      crash('leadershipEndedFaulty', text);
      return;
    }
    const [first] = participants;
    if (first !== this.#leader) log.info(`current leader: ${first ?? 'none'}`);
    this.#leader = first;
    if (first !== self && this.#elected)
      crash('leadershipLost', `lost leadership to ${first ?? ''}`);
    if (first !== self || this.#elected) return;
    this.#elected = true;
    onElected();
  }

  async #content(name: string): Promise<string | undefined> {
    const entry = await this.#session.get(`${this.#folder}/${name}`);
    return entry?.data.toString('utf8');
  }

  #suspended(): void {
    if (this.#leaving) return;
    this.#leader = undefined;
    if (this.#elected) {
      this.#options.crash('leadershipLost', 'lost connection to ZooKeeper while leading');
    }
  }
}
