import { call, openStream, type Reply, type Stream } from '../../../src/shared/http-client.ts';
import { RecordDecoder } from '../../../src/shared/recordio.ts';
import type { RecordedEvent } from './recorded.ts';

/** One SUBSCRIBE and the calls that belong to it, as the recorder made them: nothing happens by itself. */
export class Connection {
  readonly events: RecordedEvent[] = [];
  /** What came instead of events. */
  text = '';
  closed: 'terminal' | 'fin' | undefined;
  #stream: Stream | undefined;

  get headers(): Readonly<Record<string, unknown>> {
    return { ...this.#stream?.headers, status: this.#stream?.status };
  }

  async open(url: string, body: object): Promise<void> {
    const decoder = new RecordDecoder((record) => this.events.push(record as RecordedEvent));
    this.#stream = await openStream(
      `${url}/api/v1/scheduler`,
      { body },
      {
        onChunk: (chunk) => {
          if (this.#stream === undefined || this.#stream.status === 200) decoder.push(chunk);
          else this.text += chunk.toString('utf8');
        },
        onEnd: () => {
          this.closed ??= this.#stream?.message.complete === true ? 'terminal' : 'fin';
        },
      },
    );
  }

  /** The scheduler goes without a word. */
  close(): void {
    this.closed = 'fin';
    this.#stream?.close();
  }
}

export function send(
  url: string,
  message: { readonly body: string; readonly contentType: string; readonly stream?: string },
): Promise<Reply> {
  const { body, contentType, stream } = message;
  return call(`${url}/api/v1/scheduler`, {
    method: 'POST',
    headers: {
      'Content-Type': contentType,
      ...(stream === undefined ? {} : { 'Mesos-Stream-Id': stream }),
    },
    body,
  });
}
