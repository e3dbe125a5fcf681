import { Agent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes as it is; anything else as JSON with its Content-Type. */
  readonly body?: unknown;
  /** Until the whole answer is there (for a stream: until its headers are). */
  readonly timeoutMs?: number;
  /** A Unix socket instead of the host in the URL. */
  readonly socketPath?: string;
  /** Of a stream: the time is for connecting only, its headers may take for ever (clients that have it so). */
  readonly untilConnected?: boolean;
  /** Gives up whatever is still under way. */
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StreamHandlers {
  readonly onChunk: (chunk: Buffer) => void;
  /** Once, for whatever reason the stream ended. */
  readonly onEnd: () => void;
}

export interface Stream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly message: IncomingMessage;
  readonly close: () => void;
}

const defaultTimeoutMs = 10_000;

/** One request, whole answer. Redirects are not followed: whoever calls decides. */
export async function call(url: string, options: Call = {}): Promise<Reply> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const { request, message } = await start(url, options, timeoutMs);
  const timer = setTimeout(() => {
    request.destroy(new Error(`no whole answer from ${url} within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    return { status: message.statusCode ?? 0, headers: message.headers, body };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Resolves when the headers are there. The body of an answer other than 200 comes as chunks too.
 */
export async function openStream(
  url: string,
  options: Call,
  handlers: StreamHandlers,
): Promise<Stream> {
  const { request, message } = await start(url, options, options.timeoutMs ?? defaultTimeoutMs);
  message.on('data', handlers.onChunk);
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    handlers.onEnd();
  };
  message.on('end', end).on('close', end).on('error', end);
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    message,
    close: () => {
      request.destroy();
    },
  };
}

function start(
  url: string,
  options: Call,
  timeoutMs: number,
): Promise<{ request: ClientRequest; message: IncomingMessage }> {
  const { body, headers } = payload(options);
  const { socketPath } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers,
      // A kept-alive connection to a peer that died would cost every first call a failure.
      agent: new Agent({ keepAlive: false }),
      ...(socketPath === undefined ? {} : { socketPath }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const timer = setTimeout(() => {
      request.destroy(new Error(`no answer from ${url} within ${timeoutMs} ms`));
    }, timeoutMs);
    if (options.untilConnected === true) {
      request.on('socket', (socket) => {
        socket.once('connect', () => {
          clearTimeout(timer);
        });
      });
    }
    request.on('response', (message) => {
      clearTimeout(timer);
      resolve({ request, message });
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}

function payload(options: Call): { body: string | undefined; headers: Record<string, string> } {
  const headers = { ...options.headers };
  if (options.body === undefined) return { body: undefined, headers };
  if (typeof options.body === 'string') {
    return { body: options.body, headers: { ...headers, ...lengthOf(options.body) } };
  }
  const body = JSON.stringify(options.body);
  return { body, headers: { 'Content-Type': 'application/json', ...headers, ...lengthOf(body) } };
}

function lengthOf(body: string): Record<string, string> {
  return { 'Content-Length': String(Buffer.byteLength(body)) };
}
