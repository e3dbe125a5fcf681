import type { Clock } from '../../shared/clock.ts';
import { call as httpCall, openStream, type Stream } from '../../shared/http-client.ts';
import type { FrameworkInfo } from '../../shared/mesos.ts';
import { RecordDecoder } from '../../shared/recordio.ts';
import { schedulerPath, streamIdHeader } from '../../shared/scheduler-wire.ts';
import type { SchedulerEvent, SchedulerMessage, Subscribed } from '../../shared/scheduler-wire.ts';
import type { JenkinsLog } from '../cloud.ts';

export interface ClientOptions {
  /** `http://host:port`, for ever the same. */
  readonly master: string;
  readonly framework: FrameworkInfo;
  readonly clock: Clock;
  readonly log: JenkinsLog;
  readonly signal: AbortSignal;
}

export interface MesosClient {
  readonly subscribed: Subscribed;
  /** Once, with what came since the subscription. */
  listen(handlers: ClientHandlers): void;
  /** In order. A call that is refused, or cannot be delivered, ends the connection. */
  send(message: SchedulerMessage): void;
  close(): void;
}

export interface ClientHandlers {
  readonly onEvent: (event: SchedulerEvent) => void;
  /** Once; the reason in words. */
  readonly onEnd: (reason: string) => void;
}

const logger = 'com.mesosphere.mesos.client.MesosClient$';
/** `mesos-client` and `akka.http.client` in the plugin's `application.conf`. */
const maxRedirects = 3;
const idleTimeoutMs = 75_000;
const connectingTimeoutMs = 10_000;
/** The real client has no time limit here; a call to a master that is silent waits for the idle limit above. */
const callTimeoutMs = idleTimeoutMs;
/** The real client follows the redirects of calls without end. */
const mostCallRedirects = 20;
const minimalVersion = [1, 9, 0] as const;

/** `MesosClient.apply` of USI: one subscription, alive until its stream ends. Rejects if there is none. */
export async function connectClient(options: ClientOptions): Promise<MesosClient> {
  options.log('INFO', logger, `Connecting to Mesos master ${options.master}`);
  const connection = new Connection(options);
  try {
    return await connection.subscribe();
  } catch (error) {
    connection.close();
    throw error;
  }
}

class Connection implements MesosClient {
  readonly #options: ClientOptions;
  readonly #early: SchedulerEvent[] = [];
  #handlers: ClientHandlers | undefined;
  #stream: Stream | undefined;
  #first: ((event: SchedulerEvent | Error) => void) | undefined;
  #subscribed: Subscribed | undefined;
  #ended: string | undefined;
  #cancelIdle: () => void = () => undefined;
  #calls: Promise<void> = Promise.resolve();
  /** Begins at the master that was asked first, not at the one that answered; follows redirects of its own. */
  #callUrl: string;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#callUrl = `${options.master}${schedulerPath}`;
  }

  get subscribed(): Subscribed {
    if (this.#subscribed === undefined) throw new Error('not subscribed');
    return this.#subscribed;
  }

  async subscribe(): Promise<MesosClient> {
    const first = new Promise<SchedulerEvent | Error>((resolve) => {
      this.#first = resolve;
    });
    await this.#open(this.#callUrl, maxRedirects);
    const event = await first;
    if (event instanceof Error) throw event;
    if (event.type !== 'SUBSCRIBED') {
      throw new Error(`Expected subscribed event, got ${JSON.stringify(event)}`);
    }
    refuseOldMaster(event.subscribed);
    this.#subscribed = event.subscribed;
    return this;
  }

  listen(handlers: ClientHandlers): void {
    this.#handlers = handlers;
    for (const event of this.#early.splice(0)) handlers.onEvent(event);
    if (this.#ended !== undefined) handlers.onEnd(this.#ended);
  }

  send(message: SchedulerMessage): void {
    this.#calls = this.#calls.then(() => this.#deliver(message));
  }

  close(): void {
    this.#end('closed');
  }

  async #open(url: string, redirects: number): Promise<void> {
    const stream = await this.#post(url);
    if (stream.status >= 300 && stream.status < 400) {
      stream.close();
      await this.#follow(url, String(stream.headers.location), redirects);
      return;
    }
    if (stream.status !== 200) {
      stream.close();
      throw new Error(`Mesos server error: ${stream.status} ${stream.message.statusMessage ?? ''}`);
    }
    this.#options.log('INFO', logger, `Connected successfully to ${this.#options.master}`);
    this.#stream = stream;
    this.#waitForSilence();
  }

  async #follow(from: string, location: string, redirects: number): Promise<void> {
    // `//host:port/path` takes the scheme of what was asked.
    const target = new URL(location, from).href;
    if (redirects === 0) throw new Error('Failed to connect to Mesos: Too many redirects.');
    this.#options.log(
      'WARNING',
      logger,
      `Redirect Mesos client from ${from} to ${target} given header 'Location: ${location}'`,
    );
    if (target === from) {
      throw new Error(`Failed to connect to Mesos: Circular redirection for ${from}.`);
    }
    await this.#open(target, redirects - 1);
  }

  #post(url: string): Promise<Stream> {
    const { framework, signal } = this.#options;
    const decoder = new RecordDecoder((record) => {
      this.#received(record as SchedulerEvent);
    });
    const opened = openStream(
      url,
      {
        headers: { Accept: 'application/json' },
        body: {
          type: 'SUBSCRIBE',
          framework_id: framework.id,
          subscribe: { framework_info: framework },
        },
        // A master that accepts the connection and says nothing is waited for without end, as really happens.
        timeoutMs: connectingTimeoutMs,
        untilConnected: true,
        signal,
      },
      {
        onChunk: (chunk) => {
          if (this.#ended === undefined && this.#stream !== undefined) decoder.push(chunk);
        },
        onEnd: () => {
          if (this.#stream !== undefined) this.#end('Mesos closed the connection');
        },
      },
    );
    return opened;
  }

  #received(event: SchedulerEvent): void {
    this.#waitForSilence();
    if (this.#first !== undefined) {
      this.#first(event);
      this.#first = undefined;
    } else if (this.#handlers === undefined) this.#early.push(event);
    else this.#handlers.onEvent(event);
  }

  #waitForSilence(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#options.clock.after(idleTimeoutMs, () => {
      this.#end(`No elements passed in the last ${idleTimeoutMs / 1000} seconds.`);
    });
  }

  #end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#cancelIdle();
    this.#stream?.close();
    this.#first?.(new Error(reason));
    this.#handlers?.onEnd(reason);
  }

  async #deliver(message: SchedulerMessage): Promise<void> {
    for (
      let redirects = 0;
      this.#ended === undefined && redirects < mostCallRedirects;
      redirects++
    ) {
      try {
        const { status, body, headers } = await this.#ask(message);
        if (status < 300) return;
        if (status >= 400) {
          this.#end(`Failed to send a call to Mesos. Response: ${status} ${body}`);
          return;
        }
        this.#callUrl = new URL(headers.location ?? '', this.#callUrl).href;
      } catch (error) {
        this.#end(`Mesos call HTTP request failed: ${String(error)}`);
      }
    }
  }

  #ask(message: SchedulerMessage) {
    return httpCall(this.#callUrl, {
      headers: {
        Accept: 'application/json',
        [streamIdHeader]: String(this.#stream?.headers[streamIdHeader.toLowerCase()]),
      },
      body: { framework_id: this.subscribed.framework_id, ...message },
      timeoutMs: callTimeoutMs,
      signal: this.#options.signal,
    });
  }
}

/** The one check of versions there is: what the master says of itself at SUBSCRIBED. */
function refuseOldMaster({ master_info: info }: Subscribed): void {
  const version = info?.version ?? '';
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  const at = minimalVersion.findIndex((minimum, index) => parts[index] !== minimum);
  const isOlder = at !== -1 && !((parts[at] ?? 0) > (minimalVersion[at] ?? 0));
  if (!isOlder) return;
  throw new Error(
    `requirement failed: Mesos master version ${version} is not compatible with required version ${minimalVersion.join('.')}.`,
  );
}
