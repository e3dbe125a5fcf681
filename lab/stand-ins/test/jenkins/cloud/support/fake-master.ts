import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeRecord } from '../../../../src/shared/recordio.ts';

export interface ReceivedCall {
  readonly path: string;
  readonly type: string;
  readonly streamId: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeMaster {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly calls: ReceivedCall[];
  /** Sends an event to whoever is subscribed. */
  readonly send: (event: object) => void;
  /** Ends the streams without a word. */
  readonly drop: () => void;
  readonly close: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly location?: string;
  readonly body?: string;
}

interface FakeMasterOptions {
  /** Undefined: SUBSCRIBE gets a stream, other calls 202. */
  readonly answer?: (call: ReceivedCall) => Answer | undefined;
  /** First event on the stream. */
  readonly first?: object;
}

export function subscribed(version = '1.12.0'): object {
  return {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: 'jenkins-ci-0001' },
      heartbeat_interval_seconds: 15,
      master_info: { id: 'm', version },
    },
  };
}

export async function fakeMaster(options: FakeMasterOptions = {}): Promise<FakeMaster> {
  const calls: ReceivedCall[] = [];
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      calls.push(call);
      const answer = options.answer?.(call);
      if (answer !== undefined) {
        const { status, location, body } = answer;
        response.writeHead(status, location === undefined ? {} : { Location: location });
        response.end(body);
      } else if (call.type === 'SUBSCRIBE') {
        response.writeHead(200, { 'Mesos-Stream-Id': `stream-${calls.length}` });
        response.write(encodeRecord(options.first ?? subscribed()));
        streams.add(response);
      } else response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const drop = () => {
    for (const stream of streams) stream.socket?.destroy();
    streams.clear();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    send: (event) => {
      for (const stream of streams) stream.write(encodeRecord(event));
    },
    drop,
    close: () => {
      drop();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}

async function readCall(request: IncomingMessage): Promise<ReceivedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as { type: string };
  const streamId = request.headers['mesos-stream-id'];
  return {
    path: request.url ?? '',
    type: body.type,
    streamId: typeof streamId === 'string' ? streamId : undefined,
    body,
  };
}
