import type { AgentMessage, MasterMessage, WireEnd } from '../shared/agent-wire.ts';
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import { build } from '../shared/build.ts';
import type { AgentInfo } from '../shared/mesos.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { LinkHandlers } from './master-link.ts';
import { apply } from './task-messages.ts';
import { frameworksOf } from './task-run.ts';
import type { Tasks } from './tasks.ts';

export interface Leader {
  /** New with each start of a master, unlike its address. */
  readonly id: string;
  readonly pid: string;
  readonly host: string;
  readonly port: number;
}

export interface AgentOptions {
  readonly info: AgentInfo;
  readonly pid: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly checkpoint: Checkpoint;
  /** `--registration_backoff_factor`. */
  readonly backoffMs: number;
  readonly connect: (leader: Leader, handlers: LinkHandlers) => Promise<WireEnd<AgentMessage>>;
  readonly random: () => number;
  readonly exit: (code: number) => void;
}

export const capabilities = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'RESOURCE_PROVIDER',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
  'AGENT_DRAINING',
  'TASK_RESOURCE_LIMITS',
] as const;

const longestBackoffMs = 60_000;
/** For the last words to leave, and for containers to be removed. */
const settleMs = 500;
const quietCheckMs = 100;

/** The agent's side of the relation to whatever master leads. */
export class Agent {
  readonly startMs: number;
  readonly #options: AgentOptions;
  #info: AgentInfo;
  #tasks: Tasks | undefined;
  #leader: Leader | undefined;
  #link: WireEnd<AgentMessage> | undefined;
  #cancelRetry: () => void = () => undefined;
  #cancelPingTimeout: () => void = () => undefined;
  #attempt = 0;
  #leaving = false;
  registered = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#info = options.info;
    this.startMs = options.clock.now();
  }

  get info(): AgentInfo {
    return this.#info;
  }

  get id(): string {
    return this.#info.id?.value ?? '';
  }

  get leader(): Leader | undefined {
    return this.#leader;
  }

  /** Until then the agent recovers and does not register. */
  start(tasks: Tasks): void {
    this.#tasks = tasks;
    if (this.#leader !== undefined) this.#retry();
  }

  leaderDetected(leader: Leader | undefined): void {
    if (leader?.id === this.#leader?.id) return;
    const { log } = this.#options;
    this.#leader = leader;
    this.#disconnect();
    if (leader === undefined) {
      log.info('slave.cpp:1113', 'Lost leading master');
      return;
    }
    log.info('slave.cpp:1146', `New master detected at ${leader.pid}`);
    this.#attempt = 0;
    if (this.#tasks !== undefined) this.#retry();
  }

  send(message: AgentMessage): void {
    if (this.registered) this.#link?.send(message);
  }

  /** SIGUSR1: away for good, and the master is told so. */
  unregister(): void {
    this.#link?.send({ kind: 'unregister' });
    this.#leave({ keepsIdentity: false });
  }

  /**
   * Planned ends are exits with 0, also those the master asked for. After them the agent starts as a new one, unless
   * it was marked gone: then it is sent away at every start (both observed with 1.12.0).
   */
  #leave({ keepsIdentity }: { readonly keepsIdentity: boolean }): void {
    if (this.#leaving) return;
    this.#leaving = true;
    const { clock, checkpoint, exit } = this.#options;
    const tasks = this.#tasks;
    const until = clock.now() + (tasks?.shutdownAll() ?? 0);
    if (!keepsIdentity) checkpoint.forgetIdentity();
    const stop = clock.every(quietCheckMs, () => {
      if (tasks?.isQuiet === false && clock.now() < until) return;
      stop();
      clock.after(settleMs, () => {
        exit(0);
      });
    });
  }

  #disconnect(): void {
    this.registered = false;
    this.#cancelRetry();
    this.#cancelPingTimeout();
    const link = this.#link;
    this.#link = undefined;
    link?.close();
  }

  /** Random within [0, b·2^n], at most a minute (docs/configuration/agent.md, 1.11). */
  #retry(): void {
    this.#cancelRetry();
    const { backoffMs, clock, random } = this.#options;
    const most = Math.min(backoffMs * 2 ** this.#attempt, longestBackoffMs);
    this.#attempt += 1;
    this.#cancelRetry = clock.after(random() * most, () => void this.#register());
  }

  async #register(): Promise<void> {
    const leader = this.#leader;
    if (leader === undefined || this.#leaving) return;
    let link: WireEnd<AgentMessage> | undefined;
    try {
      link = await this.#options.connect(leader, {
        onMessage: (message) => {
          if (this.#link === link) this.#received(message);
        },
        onClose: () => {
          this.#closed(link);
        },
      });
    } catch {
      if (this.#leader === leader) this.#retry();
      return;
    }
    if (this.#leader !== leader) {
      link.close();
      return;
    }
    this.#link = link;
    link.send(this.#registration());
  }

  #registration(): AgentMessage {
    return {
      kind: 'register',
      agent: this.#info,
      pid: this.#options.pid,
      version: build.version,
      capabilities,
      tasks: this.#tasks?.report() ?? [],
      frameworks: frameworksOf(this.#tasks?.runs.values() ?? []),
    };
  }

  #closed(link: WireEnd<AgentMessage> | undefined): void {
    if (link === undefined || this.#link !== link) return;
    this.#options.log.warning('slave.cpp:6331', 'Disconnected from master');
    this.#disconnect();
    if (this.#leader !== undefined) this.#retry();
  }

  #received(message: MasterMessage): void {
    const tasks = this.#tasks;
    if (tasks === undefined || this.#leaving) return;
    switch (message.kind) {
      case 'registered':
        this.#welcomed(message.agent_id, message.ping_timeout_ms);
        return;
      case 'ping':
        this.#link?.send({ kind: 'pong' });
        this.#awaitPing();
        return;
      case 'shutdown':
        this.#options.log.info('slave.cpp:1004', `Asked to shut down: ${message.message}`);
        this.#leave({ keepsIdentity: message.message.includes('marked gone') });
        return;
      default:
        apply(tasks, message);
    }
  }

  #pingTimeoutMs = 75_000;

  #welcomed(id: string, pingTimeoutMs: number): void {
    const { log, checkpoint } = this.#options;
    const again = this.#info.id?.value === id;
    const master = `master ${this.#leader?.pid ?? ''}`;
    if (again) log.info('slave.cpp:1832', `Re-registered with ${master}`);
    else {
      log.info('slave.cpp:1700', `Registered with ${master}; given agent ID ${id}`);
      this.#info = { ...this.#info, id: { value: id } };
      checkpoint.saveInfo(this.#info);
    }
    this.registered = true;
    this.#attempt = 0;
    this.#pingTimeoutMs = pingTimeoutMs;
    this.#awaitPing();
    this.#tasks?.resend();
  }

  #awaitPing(): void {
    this.#cancelPingTimeout();
    // A master that froze keeps its connection open.
    this.#cancelPingTimeout = this.#options.clock.after(this.#pingTimeoutMs, () => {
      this.#options.log.info('slave.cpp:6350', 'No pings from master received within timeout');
      this.#disconnect();
      this.#retry();
    });
  }
}
