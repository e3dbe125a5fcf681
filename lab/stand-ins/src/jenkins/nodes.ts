import type { BuildAgent } from './agents/build-agent.ts';

export interface NodeSpec {
  readonly name: string;
  readonly labels: readonly string[];
  /** EXCLUSIVE: only for jobs that ask for one of the labels. */
  readonly mode: 'NORMAL' | 'EXCLUSIVE';
  /** Comes from the configuration and stays; others were made by a cloud and go with the controller. */
  readonly permanent: boolean;
  /** 1 if not said. */
  readonly executors?: number;
  /** Folder on the build agent's side that holds the workspaces; its working folder if not said. */
  readonly remoteFs?: string;
  readonly description?: string;
  /** After so long without a build the cloud is asked to end it. */
  readonly idleMinutes?: number;
  /** Name of the cloud that made it. */
  readonly owner?: string;
  /**
   * Takes one build in its life and no second one, although it stays online until its idle minutes are
   * over: `MesosComputer.taskAccepted` of the Mesos plugin 2.0 (`setAcceptingTasks(false)`).
   */
  readonly singleUse?: boolean;
}

export interface BuildNode extends NodeSpec {
  readonly executors: number;
  /** An agent is connected and nobody has taken the node offline. */
  readonly online: boolean;
  /** False once a node for one build has taken it. */
  readonly accepting: boolean;
  /** Builds that run on it now. */
  readonly busy: number;
  /** When its last build ended, or when it came online; milliseconds since 1970. */
  readonly idleSince: number;
  readonly temporarilyOffline: boolean;
  /** Empty while online. */
  readonly offlineCauseReason: string;
  /** Undefined while nothing is connected. */
  readonly agent: BuildAgent | undefined;
}

export interface NodeChange {
  readonly kind: 'added' | 'removed' | 'online' | 'offline' | 'busy' | 'idle';
  readonly node: BuildNode;
}

type Entry = { -readonly [K in keyof BuildNode]: BuildNode[K] };
type Listener = (change: NodeChange) => void;

interface NodesOptions {
  readonly now: () => number;
  /** The same name has the same secret for ever. */
  readonly secretOf: (name: string) => string;
}

/** The build nodes that Jenkins knows, whoever made them; the controller itself is not among them. */
export class Nodes {
  readonly #now: () => number;
  readonly #secretOf: (name: string) => string;
  readonly #nodes = new Map<string, Entry>();
  readonly #listeners = new Set<Listener>();

  constructor({ now, secretOf }: NodesOptions) {
    this.#now = now;
    this.#secretOf = secretOf;
  }

  /** Returns the secret with which its agent has to connect. A node of that name is replaced. */
  add(spec: NodeSpec): string {
    this.remove(spec.name);
    const entry: Entry = {
      ...spec,
      executors: spec.executors ?? 1,
      online: false,
      accepting: true,
      busy: 0,
      idleSince: this.#now(),
      temporarilyOffline: false,
      offlineCauseReason: '',
      agent: undefined,
    };
    this.#nodes.set(spec.name, entry);
    this.#tell('added', entry);
    return this.secret(spec.name);
  }

  /** Drops the connection of its agent; a build that runs there fails. */
  remove(name: string): void {
    const entry = this.#nodes.get(name);
    if (entry === undefined) return;
    this.#nodes.delete(name);
    const { agent } = entry;
    Object.assign(entry, { agent: undefined, online: false });
    agent?.close();
    this.#tell('removed', entry);
  }

  get(name: string): BuildNode | undefined {
    return this.#nodes.get(name);
  }

  list(): readonly BuildNode[] {
    return [...this.#nodes.values()];
  }

  secret(name: string): string {
    return this.#secretOf(name);
  }

  /** The result ends it. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  connected(name: string, agent: BuildAgent): void {
    const entry = this.#nodes.get(name);
    if (entry === undefined) return;
    entry.agent = agent;
    entry.idleSince = this.#now();
    this.#settle(entry);
  }

  /** Only if it is still this agent: a second one may have taken its place. */
  disconnected(name: string, agent: BuildAgent, reason: string): void {
    const entry = this.#nodes.get(name);
    if (entry?.agent !== agent) return;
    entry.agent = undefined;
    if (!entry.temporarilyOffline) entry.offlineCauseReason = reason;
    this.#settle(entry);
  }

  /** By hand; the agent stays connected and its build goes on. */
  toggleOffline(name: string, reason: string): void {
    const entry = this.#nodes.get(name);
    if (entry === undefined) return;
    entry.temporarilyOffline = !entry.temporarilyOffline;
    entry.offlineCauseReason = entry.temporarilyOffline ? reason : '';
    this.#settle(entry);
  }

  occupy(name: string): void {
    const entry = this.#nodes.get(name);
    if (entry === undefined) return;
    entry.busy += 1;
    if (entry.singleUse === true) entry.accepting = false;
    this.#tell('busy', entry);
  }

  release(name: string): void {
    const entry = this.#nodes.get(name);
    if (entry === undefined || entry.busy === 0) return;
    entry.busy -= 1;
    if (entry.busy > 0) return;
    entry.idleSince = this.#now();
    this.#tell('idle', entry);
  }

  #settle(entry: Entry): void {
    const online = entry.agent !== undefined && !entry.temporarilyOffline;
    if (online === entry.online) return;
    entry.online = online;
    if (online) entry.offlineCauseReason = '';
    this.#tell(online ? 'online' : 'offline', entry);
  }

  #tell(kind: NodeChange['kind'], node: BuildNode): void {
    for (const listener of [...this.#listeners]) listener({ kind, node });
  }
}
