import zookeeper from 'node-zookeeper-client';
import type { ACL, Client, Exception, Stat } from 'node-zookeeper-client';
import paths from 'node-zookeeper-client/lib/Path.js';
import { realClock, withDeadline, type Clock } from './clock.ts';

const { ACL: Acl, CreateMode, Exception: ZooKeeperException, Id, Permission } = zookeeper;

// Members of /mesos/log_replicas have nothing but a number for a name: their path ends in a slash until the
// server adds it. The protocol allows that, the client's own check does not.
const { validate } = paths;
paths.validate = (path) => {
  validate(path.length > 1 && path.endsWith('/') ? `${path}0` : path);
};

export interface SessionOptions {
  readonly servers: string;
  readonly sessionTimeoutMs: number;
  readonly credentials?: string | undefined;
  readonly clock?: Clock;
  /** Once: the session is over, by the server's word or because nothing was heard for a session timeout. */
  readonly onExpired: (reason: string) => void;
  /** The connection is gone (Curator's SUSPENDED); the session may still be saved. */
  readonly onDisconnected?: () => void;
  /** At each connection, the first one included. */
  readonly onConnected?: () => void;
}

export type CreateKind =
  'persistent' | 'persistent-sequential' | 'ephemeral' | 'ephemeral-sequential';

const modes: Readonly<Record<CreateKind, number>> = {
  persistent: CreateMode.PERSISTENT,
  'persistent-sequential': CreateMode.PERSISTENT_SEQUENTIAL,
  ephemeral: CreateMode.EPHEMERAL,
  'ephemeral-sequential': CreateMode.EPHEMERAL_SEQUENTIAL,
};

export interface Entry {
  readonly data: Buffer;
  readonly version: number;
}

/**
 * One ZooKeeper session with deadlines of its own: node-zookeeper-client 1.1 has no read timeout and never
 * reports a frozen server. A session that heard nothing for its timeout is declared over, as Mesos does;
 * after that open a fresh one.
 */
export class ZooKeeperSession {
  readonly #client: Client;
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  #lastHeardMs: number;
  #over = false;
  #stopProbe: () => void = () => undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#lastHeardMs = this.#clock.now();
    this.#client = zookeeper.createClient(options.servers, {
      sessionTimeout: options.sessionTimeoutMs,
      spinDelay: 500,
      retries: 0,
    });
    if (options.credentials !== undefined) {
      this.#client.addAuthInfo('digest', Buffer.from(options.credentials));
    }
    this.#client.on('connected', () => {
      this.#lastHeardMs = this.#clock.now();
      this.#options.onConnected?.();
    });
    this.#client.on('disconnected', () => {
      if (!this.#over) this.#options.onDisconnected?.();
    });
    this.#client.on('expired', () => {
      this.#end('session expired');
    });
  }

  /** Rejects when no server let us in within `deadlineMs`; the session is then of no use. */
  async open(deadlineMs: number): Promise<void> {
    const connected = new Promise<void>((resolve) => {
      this.#client.once('connected', resolve);
    });
    this.#client.connect();
    try {
      await withDeadline(connected, deadlineMs, `no ZooKeeper at ${this.#options.servers}`);
    } catch (cause) {
      this.close();
      throw cause;
    }
    this.#stopProbe = this.#clock.every(this.#options.sessionTimeoutMs / 10, () => {
      this.#probe();
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** Ends the session on the server too (its ephemeral znodes go at once). */
  close(): void {
    this.#over = true;
    this.#stopProbe();
    this.#client.close();
    this.#clock.after(1000, () => {
      dropSocket(this.#client);
    });
  }

  /** The path of the new znode (with its number where it is sequential). */
  create(path: string, data: Buffer | string, kind: CreateKind): Promise<string> {
    return this.#call((done: Callback<string>) => {
      this.#client.create(path, Buffer.from(data), this.#acls(), modes[kind], done);
    });
  }

  /** Makes a persistent znode and those above it, where missing. */
  async ensurePath(path: string): Promise<void> {
    const parts = path.split('/').filter((part) => part !== '');
    for (let depth = 1; depth <= parts.length; depth++) {
      const above = `/${parts.slice(0, depth).join('/')}`;
      await this.create(above, '', 'persistent').catch(unless(ZooKeeperException.NODE_EXISTS));
    }
  }

  /** `undefined`: there is no such znode. */
  async get(path: string): Promise<Entry | undefined> {
    return this.#call((done: Callback<Entry>) => {
      this.#client.getData(path, (error, data, stat) => {
        // An empty znode's data arrives as undefined, whatever the types say.
        const content = (data as Buffer | undefined) ?? Buffer.alloc(0);
        done(error, error ? nothing : { data: content, version: stat.version });
      });
    }).catch(unless(ZooKeeperException.NO_NODE));
  }

  async set(path: string, data: Buffer | string, version = -1): Promise<void> {
    await this.#call((done: Callback<Stat>) => {
      this.#client.setData(path, Buffer.from(data), version, done);
    });
  }

  async remove(path: string): Promise<void> {
    await this.#call((done: Callback<undefined>) => {
      this.#client.remove(path, (error) => {
        done(error, undefined);
      });
    }).catch(unless(ZooKeeperException.NO_NODE));
  }

  /** With `onChange`, called once at the next change of the list; ask again to go on watching. */
  children(path: string, onChange?: () => void): Promise<string[]> {
    return this.#call((done: Callback<string[]>) => {
      if (onChange === undefined) this.#client.getChildren(path, done);
      else this.#client.getChildren(path, onChange, done);
    });
  }

  #acls(): ACL[] {
    if (this.#options.credentials === undefined) {
      return [new Acl(Permission.ALL, new Id('world', 'anyone'))];
    }
    return [
      new Acl(Permission.ALL, new Id('auth', '')),
      new Acl(Permission.READ, new Id('world', 'anyone')),
    ];
  }

  async #call<T>(start: (done: Callback<T>) => void): Promise<T> {
    if (this.#over) throw new Error('ZooKeeper session is over');
    const answer = new Promise<T>((resolve, reject) => {
      start((error, value) => {
        if (error) reject(asError(error));
        else resolve(value);
      });
    });
    const value = await withDeadline(
      answer,
      this.#options.sessionTimeoutMs,
      `ZooKeeper at ${this.#options.servers} did not answer`,
    );
    this.#lastHeardMs = this.#clock.now();
    return value;
  }

  #probe(): void {
    if (this.#over) return;
    const silentMs = this.#clock.now() - this.#lastHeardMs;
    if (silentMs >= this.#options.sessionTimeoutMs) {
      this.#end(`nothing heard for ${silentMs} ms`);
      return;
    }
    // Two thirds of the timeout is when other clients give a silent server up and try the next one.
    if (silentMs >= (this.#options.sessionTimeoutMs * 2) / 3) dropSocket(this.#client);
    this.#client.exists('/', (error) => {
      if (!error) this.#lastHeardMs = this.#clock.now();
    });
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.close();
    this.#options.onExpired(reason);
  }
}

type Callback<T> = (error: Error | Exception | null, value: T) => void;

const nothing: Entry = { data: Buffer.alloc(0), version: 0 };

/** Swallows one ZooKeeper error code, for `catch`. */
function unless(code: number): (error: unknown) => undefined {
  return (error) => {
    if (codeOf(error) === code) return undefined;
    throw error;
  };
}

/** The number of node-zookeeper-client's `Exception.NO_NODE` and the like. */
function codeOf(error: unknown): number | undefined {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : undefined;
}

function asError(error: Error | Exception): Error {
  return error instanceof Error ? error : new Error(error.toString(), { cause: error });
}

/** The client has no public way to give up a connection; a destroyed socket makes it try the next server. */
function dropSocket(client: Client): void {
  const { connectionManager } = client as unknown as {
    connectionManager: { socket?: { destroy: () => void } };
  };
  connectionManager.socket?.destroy();
}
