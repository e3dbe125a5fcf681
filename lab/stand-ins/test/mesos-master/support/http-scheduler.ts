import { call, openStream, type Reply, type Stream } from '../../../src/shared/http-client.ts';
import type { FrameworkInfo, Offer, TaskInfo, TaskStatus } from '../../../src/shared/mesos.ts';
import { RecordDecoder } from '../../../src/shared/recordio.ts';

export interface Event {
  readonly type: string;
  readonly subscribed?: { readonly framework_id: { readonly value: string } };
  readonly offers?: { readonly offers: readonly Offer[] };
  readonly update?: { readonly status: TaskStatus };
  readonly error?: { readonly message: string };
}

/** A scheduler as anybody would write one: acknowledges everything, uses the first offer it gets. */
export class HttpScheduler {
  readonly events: Event[] = [];
  ended = false;
  readonly #url: string;
  readonly #waiting = new Set<() => void>();
  #stream: Stream | undefined;
  #used = 0;

  private constructor(master: string) {
    this.#url = `${master}/api/v1/scheduler`;
  }

  static async subscribe(master: string, info: Partial<FrameworkInfo>): Promise<HttpScheduler> {
    const scheduler = new HttpScheduler(master);
    await scheduler.#open({
      user: 'root',
      name: 'fw',
      failover_timeout: 60,
      checkpoint: true,
      ...info,
    });
    await scheduler.until(({ type }) => type === 'SUBSCRIBED' || type === 'ERROR');
    return scheduler;
  }

  get id(): string {
    const first = this.events.find(({ type }) => type === 'SUBSCRIBED');
    return first?.subscribed?.framework_id.value ?? '';
  }

  close(): void {
    this.#stream?.close();
  }

  async call(type: string, body: object, headers: Record<string, string> = {}): Promise<Reply> {
    const streamId = this.#stream?.headers['mesos-stream-id'];
    return call(this.#url, {
      headers: {
        ...(streamId === undefined ? {} : { 'Mesos-Stream-Id': String(streamId) }),
        ...headers,
      },
      body: { type, framework_id: { value: this.id }, ...body },
    });
  }

  async launch(task: TaskInfo): Promise<void> {
    const event = await this.until(({ offers }, at) => offers !== undefined && at >= this.#used);
    this.#used = this.events.indexOf(event) + 1;
    const offers = event.offers?.offers ?? [];
    const agent = offers[0]?.agent_id ?? { value: '' };
    await this.call('ACCEPT', {
      accept: {
        offer_ids: offers.map(({ id }) => id),
        operations: [{ type: 'LAUNCH', launch: { task_infos: [{ ...task, agent_id: agent }] } }],
        filters: { refuse_seconds: 0 },
      },
    });
  }

  async status(taskId: string, state: string): Promise<TaskStatus | undefined> {
    const event = await this.until(
      ({ update }) => update?.status.task_id.value === taskId && update.status.state === state,
    );
    return event.update?.status;
  }

  /** The first event that fits, there already or to come. */
  async until(fits: (event: Event, at: number) => boolean): Promise<Event> {
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async #open(info: FrameworkInfo): Promise<void> {
    const decoder = new RecordDecoder((record) => {
      this.#received(record as Event);
    });
    this.#stream = await openStream(
      this.#url,
      { body: { type: 'SUBSCRIBE', subscribe: { framework_info: info } } },
      {
        onChunk: (chunk) => {
          decoder.push(chunk);
        },
        onEnd: () => {
          this.ended = true;
          this.#wake();
        },
      },
    );
  }

  #received(event: Event): void {
    this.events.push(event);
    const status = event.update?.status;
    if (status?.uuid !== undefined) {
      const { agent_id, task_id, uuid } = status;
      void this.call('ACKNOWLEDGE', { acknowledge: { agent_id, task_id, uuid } });
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
