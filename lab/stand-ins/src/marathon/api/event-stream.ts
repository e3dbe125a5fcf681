import type { Request } from '../../shared/http.ts';

interface Listener {
  readonly wants: (eventType: string) => boolean;
  readonly write: (text: string) => void;
}

/** `/v2/events`: Server-Sent Events, for as long as the leader lives. */
export class EventStream {
  readonly #listeners = new Set<Listener>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly publish = (eventType: string, fields: Readonly<Record<string, unknown>>): void => {
    const event = { eventType, timestamp: new Date(this.#now()).toISOString(), ...fields };
    for (const { wants, write } of this.#listeners) {
      if (wants(eventType)) write(`event: ${eventType}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`);
    }
  };

  /** Takes the response over: it stays open until the client goes. */
  attach({ response, query, message }: Request): void {
    const types = query.getAll('event_type');
    const listener: Listener = {
      wants: (eventType) => types.length === 0 || types.includes(eventType),
      write: (text) => response.write(text),
    };
    response.writeHead(200, {
      'Content-Type': 'text/event-stream;charset=utf-8',
      'Cache-Control': 'no-cache',
    });
    response.flushHeaders();
    this.#listeners.add(listener);
    response.on('close', () => {
      this.#listeners.delete(listener);
    });
    this.publish('event_stream_attached', { remoteAddress: message.socket.remoteAddress ?? '' });
  }
}
