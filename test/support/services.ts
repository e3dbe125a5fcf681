import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Endpoint } from '../../src/ports.ts';

/** Services on loopback as hosts have them, in good and in bad health. */
export interface Services extends AsyncDisposable {
  /** HTTP: `/` says hello, `/echo` returns the request, `/moved` redirects, anything else is 404. */
  readonly web: Endpoint;
  /** Answers four-letter words and closes. */
  readonly words: Endpoint;
  /** Accepts and never answers, like a stopped process. */
  readonly silent: Endpoint;
  /** Accepts and closes at once. */
  readonly closing: Endpoint;
  /** Nothing listens there. */
  readonly dead: Endpoint;
}

export async function startServices(): Promise<Services> {
  const servers = [
    createHttpServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status, headers, body } = answerTo(
          request.url ?? '',
          `${request.method} ${String(request.headers['x-test'])} ${Buffer.concat(chunks).toString()}`,
        );
        response.writeHead(status, headers).end(body);
      });
    }),
    createServer((socket) => {
      socket.once('data', (word: Buffer) => {
        socket.end(`you said ${word.toString()}`);
      });
    }),
    createServer(() => undefined),
    createServer((socket) => {
      socket.end();
    }),
    createServer(),
  ] as const;
  const sockets = new Set<Socket>();
  servers.forEach((server) =>
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => undefined);
      sockets.add(socket);
    }),
  );
  const [web, words, silent, closing, dead] = (await Promise.all(servers.map(listen))) as [
    Endpoint,
    Endpoint,
    Endpoint,
    Endpoint,
    Endpoint,
  ];
  await close(servers[4]);
  return {
    ...{ web, words, silent, closing, dead },
    [Symbol.asyncDispose]: async () => {
      sockets.forEach((socket) => socket.destroy());
      await Promise.all(servers.slice(0, 4).map(close));
    },
  };
}

function answerTo(
  path: string,
  echo: string,
): { status: number; headers: Record<string, string>; body: string } {
  if (path === '/') return { status: 200, headers: { 'X-Kind': 'web' }, body: 'hello ö' };
  if (path === '/echo') return { status: 201, headers: {}, body: echo };
  if (path === '/moved') return { status: 307, headers: { Location: '//m1:5050' }, body: '' };
  if (path === '/big') return { status: 200, headers: {}, body: 'x'.repeat(9 * 1024 * 1024) };
  return { status: 404, headers: {}, body: 'nothing here' };
}

function listen(server: Server): Promise<Endpoint> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ address: '127.0.0.1', port: (server.address() as AddressInfo).port });
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
