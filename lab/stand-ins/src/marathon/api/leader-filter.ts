import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { text, type Answer, type Handler, type Request } from '../../shared/http.ts';

export interface LeaderFilterOptions {
  /** `host:port` of this process. */
  readonly self: string;
  /** Answers requests once this process leads and is ready. */
  readonly ownHandler: () => Handler | undefined;
  readonly leader: () => string | undefined;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly pauseMs?: number;
}

/** `LeaderProxyFilter.scala`, Marathon 1.10. */
const tries = 10;
const defaultPauseMs = 250;

/**
 * The leader answers; everybody else forwards everything to it, `/ping` included. The answer to
 * `/ping` hence says nothing about who was asked.
 */
export function leaderFilter(options: LeaderFilterOptions): Handler {
  return async (request) => {
    for (let attempt = 0; ; attempt += 1) {
      const handle = options.ownHandler();
      const leader = options.leader();
      if (handle !== undefined) return answerAsLeader(handle, request, options.self);
      if (leader !== undefined && leader !== options.self) return forward(request, leader, options);
      if (attempt >= tries) return failure('Could not determine the current leader');
      await sleep(options.pauseMs ?? defaultPauseMs);
    }
  };
}

async function answerAsLeader(
  handle: Handler,
  request: Request,
  self: string,
): Promise<Answer | undefined> {
  request.response.setHeader('X-Marathon-Leader', `http://${self}`);
  return handle(request);
}

function forward(
  request: Request,
  leader: string,
  options: LeaderFilterOptions,
): Promise<Answer | undefined> | Answer {
  const via = `1.1 ${options.self}`;
  if (viaOf(request).includes(via)) return failure('Detected proxying loop.');
  const url = `http://${leader}${request.message.url ?? '/'}`;
  // Since 1.7 an event stream is not forwarded but redirected.
  if (request.path === '/v2/events') return { status: 302, headers: { Location: url } };
  return passOn({ request, url, via, options });
}

function passOn(passing: {
  request: Request;
  url: string;
  via: string;
  options: LeaderFilterOptions;
}): Promise<Answer | undefined> {
  const { request, url, via, options } = passing;
  const { response } = request;
  return new Promise((resolve) => {
    const asked = httpRequest(url, {
      method: request.method,
      headers: { ...forwardedHeaders(request), 'x-marathon-via': [...viaOf(request), via] },
      agent: false,
    });
    const connecting = setTimeout(() => {
      asked.destroy(new Error('Connection to leader timed out.'));
    }, options.connectTimeoutMs);
    asked.on('socket', (socket) =>
      socket.once('connect', () => {
        clearTimeout(connecting);
      }),
    );
    asked.setTimeout(options.readTimeoutMs, () => {
      asked.destroy(new Error('Connection to leader timed out.'));
    });
    asked.on('response', (answer) => {
      const headers = endToEnd(answer.headers);
      response.writeHead(answer.statusCode ?? 502, { ...headers, 'X-Marathon-Via': via });
      answer.pipe(response);
      answer.on('end', () => {
        resolve(undefined);
      });
    });
    asked.on('error', (error) => {
      clearTimeout(connecting);
      if (response.headersSent) response.destroy();
      resolve(response.headersSent ? undefined : refused(error));
    });
    asked.end(request.body);
  });
}

function refused(error: NodeJS.ErrnoException): Answer {
  if (error.code === 'ECONNREFUSED') return failure('Connection to leader refused.');
  if (error.message === 'Connection to leader timed out.') return failure(error.message, 504);
  return failure('Failed to successfully establish a connection to the leader.');
}

function forwardedHeaders({ headers, message }: Request): Record<string, string | string[]> {
  const forwardedFor = [headers['x-forwarded-for'], message.socket.remoteAddress];
  const address = forwardedFor.filter((one) => one !== undefined).join(',');
  return { ...endToEnd(headers), 'x-forwarded-for': address };
}

/** Without those that belong to one connection only. */
function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] =>
      entry[1] !== undefined && !hopByHop.includes(entry[0]),
  );
  return Object.fromEntries(kept);
}

const hopByHop = ['host', 'connection', 'keep-alive', 'transfer-encoding'];

function viaOf({ headers }: Request): string[] {
  const value = headers['x-marathon-via'] ?? [];
  return (Array.isArray(value) ? value : [value]).flatMap((one) => one.split(/,\s*/));
}

function failure(message: string, status = 502): Answer {
  return text(message, status);
}
