import type { Clock } from '../../shared/clock.ts';
import { call as httpCall, openStream, type Stream } from '../../shared/http-client.ts';
import { RecordDecoder } from '../../shared/recordio.ts';
import {
  schedulerPath,
  streamIdHeader,
  type SchedulerMessage,
} from '../../shared/scheduler-wire.ts';
import type { Log } from '../log.ts';
import type { MesosEvent } from './wire.ts';

export interface ConnectionOptions {
  /** `host:port` of the leading master, undefined while none is known. */
  readonly master: () => string | undefined;
  readonly frameworkInfo: () => Readonly<Record<string, unknown>>;
  readonly frameworkId: () => string | undefined;
  /** For masters with authentication. */
  readonly authorization: string | undefined;
  readonly onEvent: (event: MesosEvent) => void;
  readonly onDisconnected: () => void;
  /** The master does not let this framework in; asking again would not help. */
  readonly onRefused: (message: string) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** The stream is given up when nothing, not even a heartbeat, came for so long. */
  readonly silenceMs: number;
}

interface Subscription {
  /** What the detector named; a redirect may have led elsewhere. */
  readonly detected: string;
  readonly address: string;
  readonly streamId: string;
  readonly stream: Stream;
}

const retryMs = 1000;
const callTimeoutMs = 10_000;
/** Mesos' own clients follow three redirects. */
const mostRedirects = 3;

/** One subscription to the leading master, renewed for as long as the process lives. */
export class SchedulerConnection {
  readonly #options: ConnectionOptions;
  #subscription: Subscription | undefined;
  #lastHeard = 0;
  #busy = false;
  #stopped = false;
  #calls: Promise<void> = Promise.resolve();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.clock.every(retryMs, () => {
      this.check();
    });
    this.check();
  }

  /** For good: another leader may be subscribed already, and would be thrown out by one more call. */
  stop(): void {
    this.#stopped = true;
    this.#subscription?.stream.close();
  }

  /** Subscribes where there is no subscription, gives up a silent one. */
  check(): void {
    if (this.#stopped) return;
    const { clock, silenceMs, master, log } = this.#options;
    if (this.#subscription === undefined) {
      void this.#subscribe();
      return;
    }
    const leader = master();
    if (leader !== undefined && leader !== this.#subscription.detected) {
      log.info(`new leading master ${leader}`);
      this.#subscription.stream.close();
    } else if (clock.now() - this.#lastHeard > silenceMs) {
      log.warning(`nothing heard from master ${this.#subscription.address} for ${silenceMs} ms`);
      this.#subscription.stream.close();
    }
  }

  /** In order; a call that cannot be delivered is dropped, as Mesos itself may do. */
  send(call: SchedulerMessage): void {
    this.#calls = this.#calls.then(() => this.#deliver(call));
  }

  async #deliver(call: SchedulerMessage): Promise<void> {
    const subscription = this.#subscription;
    if (subscription === undefined || this.#stopped) return;
    const id = this.#options.frameworkId();
    try {
      const { status, body } = await httpCall(`http://${subscription.address}${schedulerPath}`, {
        headers: { [streamIdHeader]: subscription.streamId, ...this.#headers() },
        body: { framework_id: { value: id }, ...call },
        timeoutMs: callTimeoutMs,
      });
      if (status !== 202) this.#options.log.warning(`${call.type}: ${status} ${body}`);
    } catch (error) {
      this.#options.log.warning(`${call.type}: ${reasonOf(error)}`);
    }
  }

  async #subscribe(): Promise<void> {
    const leader = this.#options.master();
    if (leader === undefined || this.#busy) return;
    this.#busy = true;
    try {
      await this.#follow({ detected: leader, address: leader }, mostRedirects);
    } catch (error) {
      this.#options.log.warning(`cannot subscribe at ${leader}: ${reasonOf(error)}`);
    } finally {
      this.#busy = false;
    }
  }

  async #follow(
    { detected, address }: { detected: string; address: string },
    redirects: number,
  ): Promise<void> {
    const stream = await this.#open(address);
    if (stream.status === 200 && !this.#stopped) {
      const streamId = String(stream.headers[streamIdHeader.toLowerCase()] ?? '');
      this.#subscription = { detected, address, streamId, stream };
      this.#lastHeard = this.#options.clock.now();
      return;
    }
    stream.close();
    if (stream.status === 401 || stream.status === 403) {
      this.#options.onRefused(`master ${address} refused the subscription: ${stream.status}`);
      return;
    }
    const target = redirectOf(stream);
    if (target === undefined || redirects === 0) throw new Error(`status ${stream.status}`);
    await this.#follow({ detected, address: target }, redirects - 1);
  }

  #open(address: string): Promise<Stream> {
    const { frameworkInfo, frameworkId, onEvent } = this.#options;
    const id = frameworkId();
    // A known id has to stand in both places (seen on Mesos 1.12).
    const known = id === undefined ? {} : { id: { value: id } };
    const decoder = new RecordDecoder((record) => {
      this.#lastHeard = this.#options.clock.now();
      onEvent(record as MesosEvent);
    });
    let subscribed = false;
    const opened = openStream(
      `http://${address}${schedulerPath}`,
      {
        headers: this.#headers(),
        body: {
          type: 'SUBSCRIBE',
          ...(id === undefined ? {} : { framework_id: known.id }),
          subscribe: { framework_info: { ...frameworkInfo(), ...known } },
        },
        timeoutMs: callTimeoutMs,
      },
      {
        onChunk: (chunk) => {
          if (subscribed) decoder.push(chunk);
        },
        onEnd: () => {
          if (subscribed) this.#ended();
        },
      },
    );
    return opened.then((stream) => {
      subscribed = stream.status === 200;
      return stream;
    });
  }

  #headers(): Record<string, string> {
    const { authorization } = this.#options;
    const accept = { Accept: 'application/json' };
    return authorization === undefined ? accept : { ...accept, Authorization: authorization };
  }

  #ended(): void {
    if (this.#subscription === undefined) return;
    this.#options.log.warning(`disconnected from master ${this.#subscription.address}`);
    this.#subscription = undefined;
    this.#options.onDisconnected();
  }
}

/** `Location` has no scheme, and a path of its own (seen on Mesos 1.12): only the host is of use. */
function redirectOf({ status, headers }: Stream): string | undefined {
  if (status !== 307) return undefined;
  return /^(?:https?:)?\/\/([^/]+)/.exec(headers.location ?? '')?.[1];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
