import type { Client, ClientChannel } from 'ssh2';
import type { SshTarget } from '../../ports.ts';
import { settlesWithin } from '../deadline.ts';
import { noAnswer } from '../wire.ts';
import type { Dial } from '../wire.ts';
import { describe, unreachable } from './faults.ts';
import { forward } from './forward.ts';
import type { Connection } from './handshake.ts';
import { createSlots } from './slots.ts';
import type { Slots } from './slots.ts';
import type { SshTiming } from './timing.ts';

/** One authenticated connection with its channels. */
export class Session {
  readonly target: SshTarget;
  readonly timing: SshTiming;
  readonly client: Client;
  readonly commandSlots: Slots;
  /** Places of those that stay for the whole run: nobody may wait for these to become free. */
  lodgers = 0;
  readonly #carrier: Connection['carrier'];
  readonly #forwardSlots: Slots;
  readonly #gone: Promise<void>;
  #lostReason: string | undefined;

  constructor(connection: Connection, target: SshTarget, timing: SshTiming) {
    this.target = target;
    this.timing = timing;
    this.client = connection.client;
    this.#carrier = connection.carrier;
    this.commandSlots = createSlots(timing.sessionsPerHost);
    this.#forwardSlots = createSlots(timing.forwardsPerHost);
    this.#gone = this.#watch();
  }

  /** Why nothing more can be done with it; undefined while it lives. */
  get lostReason(): string | undefined {
    return this.#lostReason;
  }

  #watch(): Promise<void> {
    this.client.on('error', (error) => {
      this.#lostReason ??=
        error.message === 'Keepalive timeout'
          ? 'the host does not answer any more'
          : describe(error);
    });
    return new Promise((resolve) => {
      this.client.on('close', () => {
        this.#lostReason ??= 'the host closed the connection';
        resolve();
      });
    });
  }

  /** For a service of the host; at most `forwardsPerHost` at a time. */
  readonly dial: Dial = async (endpoint, signal) => {
    const slot = await this.#forwardSlots.take(signal);
    if (slot === undefined) return noAnswer('timeout', 'no channel became free in time');
    const channel = await this.forward(endpoint, signal);
    if ('failure' in channel) {
      slot[Symbol.dispose]();
      return channel;
    }
    return {
      stream: channel,
      [Symbol.dispose]: () => {
        release(channel, slot);
      },
    };
  };

  forward(...[endpoint, signal]: Parameters<Dial>): ReturnType<typeof forward> {
    return forward(this.client, endpoint, signal);
  }

  lostError(): Error {
    return unreachable(this.target, this.#lostReason ?? 'the connection is closed');
  }

  async close(): Promise<void> {
    this.#lostReason ??= 'the connection is closed';
    this.client.end();
    if (!(await settlesWithin(this.#gone, this.timing.closeMs))) this.#carrier.destroy();
  }
}

function release(channel: ClientChannel, slot: Disposable): void {
  channel.destroy();
  slot[Symbol.dispose]();
}
