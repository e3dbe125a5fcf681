import { request as startRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { HttpAnswer, HttpRequest, Login, NoAnswer } from '../ports.ts';
import { startDeadline, unlessAborted } from './deadline.ts';
import { seconds } from './supervise.ts';
import { noAnswer } from './wire.ts';
import type { Dial, Wire } from './wire.ts';

const bodyLimitBytes = 8 * 1024 * 1024;

/** One HTTP exchange over a wire of its own. Redirects are answers like any other. */
export async function httpOver(dial: Dial, request: HttpRequest): Promise<HttpAnswer | NoAnswer> {
  using deadline = startDeadline(request.deadlineMs);
  const wire = await dial(request, deadline.signal);
  if ('failure' in wire) return wire;
  using open = wire;
  const answer = await unlessAborted(ask(open, request), deadline.signal);
  return answer ?? noAnswer('timeout', `no answer within ${seconds(deadline.ms)}`);
}

type Settle = (answer: HttpAnswer | NoAnswer) => void;

function ask(wire: Wire, request: HttpRequest): Promise<HttpAnswer | NoAnswer> {
  return new Promise((resolve) => {
    const outgoing = startRequest({
      host: request.address,
      port: request.port,
      method: request.method,
      path: request.path,
      headers: headersOf(request),
      createConnection: () => wire.stream,
    });
    listen(outgoing, resolve);
    outgoing.end(request.body);
  });
}

function headersOf({ body, headers, login }: HttpRequest): Record<string, string | number> {
  return {
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    ...headers,
    ...(login === undefined ? {} : { authorization: basic(login) }),
  };
}

function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
}

/** The request may close before the end of an answer that is complete: then the answer decides. */
function listen(outgoing: ClientRequest, settle: Settle): void {
  const closedEarly = (): void => {
    settle(noAnswer('closed', 'the connection closed before the answer was complete'));
  };
  outgoing.on('error', (error) => {
    settle(noAnswer('closed', `the connection broke: ${error.message}`));
  });
  outgoing.on('close', closedEarly);
  outgoing.on('response', (incoming) => {
    outgoing.off('close', closedEarly);
    incoming.on('close', closedEarly);
    read(incoming, settle);
  });
}

function read(incoming: IncomingMessage, settle: Settle): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= bodyLimitBytes) chunks.push(chunk);
    else
      settle(noAnswer('closed', `the answer is longer than ${bodyLimitBytes / 1024 / 1024} MiB`));
  });
  incoming.on('error', (error) => {
    settle(noAnswer('closed', `the answer broke off: ${error.message}`));
  });
  incoming.on('end', () => {
    settle({
      status: incoming.statusCode ?? 0,
      headers: flat(incoming.headers),
      body: Buffer.concat(chunks).toString('utf8'),
    });
  });
}

function flat(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(entries);
}
