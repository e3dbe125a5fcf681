import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Request {
  readonly method: string;
  /** Decoded path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Values of `:name` and `*name` in the pattern of the route. */
  readonly params: Readonly<Record<string, string>>;
  /** For streams and proxying: a handler that writes here itself answers `undefined`. */
  readonly response: ServerResponse;
  readonly message: IncomingMessage;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export type Handler = (request: Request) => Answer | undefined | Promise<Answer | undefined>;

export interface Route {
  /** `*` is any method. */
  readonly method: string;
  /** `/v2/apps/:id`, `/v2/apps/*id` (the star takes the rest of the path, slashes included). */
  readonly path: string;
  readonly handle: Handler;
}

export function json(value: unknown, status = 200): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  };
}

export function text(body: string, status = 200): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body };
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers };
}

/** What libprocess answers to an unknown path. */
export const notFound: Answer = text('404 Not Found.', 404);

/** The first route that fits answers; none: `otherwise`. */
export function router(routes: readonly Route[], otherwise: Handler = () => notFound): Handler {
  const compiled = routes.map((route) => ({ ...route, pattern: compile(route.path) }));
  return (request) => {
    for (const { method, pattern, handle } of compiled) {
      const match = pattern.exec(request.path);
      if (match === null || (method !== '*' && method !== request.method)) continue;
      return handle({ ...request, params: { ...match.groups } });
    }
    return otherwise(request);
  };
}

function compile(path: string): RegExp {
  const pattern = path
    .replace(/[.()+?^$|[\]\\]/g, '\\$&')
    .replace(/:(\w+)/g, '(?<$1>[^/]+)')
    .replace(/\*(\w+)/g, '(?<$1>.+)');
  return new RegExp(`^${pattern}$`);
}

export interface HttpServer {
  readonly port: number;
  /** Stops listening and drops open connections. */
  readonly close: () => Promise<void>;
  readonly server: Server;
}

/** Rejects with Node's error (`EADDRINUSE` …) when the address cannot be bound. */
export function serve(
  address: { readonly host: string; readonly port: number },
  handle: Handler,
): Promise<HttpServer> {
  const server = createServer((message, response) => {
    void respond(handle, message, response);
  });
  // Scheduler streams live for days; Node's default would cut requests after 5 minutes.
  server.requestTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      const { port } = server.address() as AddressInfo;
      resolve({ port, server, close: () => close(server) });
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

async function respond(
  handle: Handler,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const answer = await handle(await read(message, response));
    if (answer !== undefined) send(answer, response);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    if (response.headersSent) response.destroy();
    else send(text(reason, 500), response);
  }
}

async function read(message: IncomingMessage, response: ServerResponse): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const url = new URL(message.url ?? '/', 'http://localhost');
  return {
    method: message.method ?? 'GET',
    path: safeDecode(url.pathname),
    query: url.searchParams,
    headers: message.headers,
    body: Buffer.concat(chunks),
    params: {},
    response,
    message,
  };
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function send(answer: Answer, response: ServerResponse): void {
  const body = answer.body ?? '';
  response.writeHead(answer.status, {
    ...answer.headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
