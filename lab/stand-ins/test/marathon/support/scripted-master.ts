import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeRecord } from '../../../src/shared/recordio.ts';

export interface Received {
  readonly type: string;
  readonly streamId: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A Mesos master of one page: keeps what it is sent, says what the test tells it to. */
export class ScriptedMaster {
  readonly received: Received[] = [];
  /** Where SUBSCRIBE is redirected to, as a standby does. */
  redirectTo: string | undefined;
  /** What SUBSCRIBE is refused with, as by a master with authentication. */
  refuseWith: number | undefined;
  #stream: ServerResponse | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#answer(Buffer.concat(chunks).toString('utf8'), request.headers, response);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  say(event: Readonly<Record<string, unknown>>): void {
    this.#stream?.write(encodeRecord(event));
  }

  hangUp(): void {
    this.#stream?.destroy();
  }

  types(): string[] {
    return this.received.map(({ type }) => type);
  }

  last(type: string): Received | undefined {
    return this.received.filter((one) => one.type === type).at(-1);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(text: string, headers: IncomingHttpHeaders, response: ServerResponse): void {
    const streamId = headers['mesos-stream-id'] as string | undefined;
    const body = JSON.parse(text) as Received['body'] & { type: string };
    this.received.push({ type: body.type, streamId, headers, body });
    if (body.type !== 'SUBSCRIBE') {
      response.writeHead(202).end();
      return;
    }
    if (this.refuseWith !== undefined) {
      response.writeHead(this.refuseWith).end();
      return;
    }
    if (this.redirectTo !== undefined) {
      const Location = `//${this.redirectTo}/master/api/v1/scheduler`;
      response.writeHead(307, { Location }).end();
      return;
    }
    this.#stream = response;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Mesos-Stream-Id': 'stream-1' });
    this.say({ type: 'SUBSCRIBED', subscribed: { framework_id: { value: 'framework-1' } } });
    this.say({ type: 'HEARTBEAT' });
  }
}
