import type { Request } from '../../shared/http.ts';

interface Listener {
  readonly wants: (eventType: string) => boolean;
  /** False when it does not keep up. */
  readonly write: (text: string) => boolean;
  readonly hangUp: () => void;
}

/** `event_stream_max_outstanding_messages` times a usual event; a slow reader is disconnected. */
const mostUnreadBytes = 256 * 1024;

/** `/v2/events`: Server-Sent Events, for as long as the leader lives. */
export class EventStream {
  readonly #listeners = new Set<Listener>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly publish = (eventType: string, fields: Readonly<Record<string, unknown>>): void => {
    const event = { eventType, timestamp: new Date(this.#now()).toISOString(), ...fields };
    const text = `event: ${eventType}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`;
    for (const { wants, write, hangUp } of this.#listeners) {
      if (wants(eventType) && !write(text)) hangUp();
    }
  };

  /** Takes the response over: it stays open until the client goes. */
  attach({ response, query, message }: Request): void {
    const types = query.getAll('event_type');
    const listener: Listener = {
      wants: (eventType) => types.length === 0 || types.includes(eventType),
      write: (text) => {
        response.write(text);
        return response.writableLength < mostUnreadBytes;
      },
      hangUp: () => response.destroy(),
    };
    response.writeHead(200, {
      'Content-Type': 'text/event-stream;charset=utf-8',
      'Cache-Control': 'no-cache',
    });
    response.flushHeaders();
    this.#listeners.add(listener);
    const remoteAddress = message.socket.remoteAddress ?? '';
    response.on('close', () => {
      this.#listeners.delete(listener);
      this.publish('event_stream_detached', { remoteAddress });
    });
    this.publish('event_stream_attached', { remoteAddress });
  }
}
