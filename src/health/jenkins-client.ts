import { z } from 'zod';
import { failed, jsonOf } from './sight.ts';
import type { HttpAnswer, HttpRequest, Login, NoAnswer, RemoteHost } from '../ports.ts';

/** A host and a port on it behind which the controller answers. */
export interface Way {
  readonly remote: RemoteHost;
  readonly address: string;
  readonly port: number;
}

export type Reply = HttpAnswer | NoAnswer;

/** One controller over HTTP. Never throws for what Jenkins does or does not do. */
export interface JenkinsClient {
  get(path: string): Promise<Reply>;
  /** With a crumb where Jenkins wants one. */
  post(path: string, xml?: string): Promise<Reply>;
}

type Ask = Pick<HttpRequest, 'method' | 'path'> & Partial<HttpRequest>;

const deadlineMs = 10_000;

/** Tries the next way where nothing comes back on one; a request that may have arrived is not repeated. */
export function createJenkinsClient(ways: readonly Way[], login: Login): JenkinsClient {
  const state = { way: 0, crumb: undefined as Crumb | undefined };
  const through = (index: number, request: Ask): Promise<Reply> => {
    const way = ways[index % ways.length];
    if (way === undefined) return Promise.resolve(noWay);
    const { remote, address, port } = way;
    return remote.http({ address, port, login, deadlineMs, ...request });
  };
  const ask = async (request: Ask): Promise<Reply> => {
    for (let tried = 1; ; tried += 1) {
      const answer = await through(state.way, request);
      if (!isLost(answer, request) || tried >= ways.length) return answer;
      state.way += 1;
    }
  };
  const send = async (path: string, xml: string | undefined): Promise<Reply> => {
    state.crumb ??= await freshCrumb(ask);
    return await ask(posted(path, xml, state.crumb));
  };
  return {
    get: (path) => ask({ method: 'GET', path }),
    post: async (path, xml) => {
      const answer = await send(path, xml);
      // A crumb ends with its session, at a restart of the controller for example.
      if (failed(answer) || answer.status !== 403) return answer;
      state.crumb = undefined;
      return await send(path, xml);
    },
  };
}

const noWay: NoAnswer = { failure: 'unreachable', detail: 'no host to ask it through' };

/** A gateway answers 503 by itself while no controller is behind it; Jenkins says that it is Jenkins. */
function isLost(answer: Reply, { method }: Ask): boolean {
  if (failed(answer)) return method === 'GET' || answer.failure === 'refused';
  return answer.status === 503 && answer.headers['x-jenkins'] === undefined;
}

interface Crumb {
  readonly headers: Readonly<Record<string, string>>;
}

const crumbAnswer = z.object({ crumb: z.string(), crumbRequestField: z.string() });

/** Valid only together with the session in which it was given (core 2.176.2 and later). */
async function freshCrumb(ask: (request: Ask) => Promise<Reply>): Promise<Crumb | undefined> {
  const answer = await ask({ method: 'GET', path: '/crumbIssuer/api/json' });
  if (failed(answer) || answer.status !== 200) return undefined;
  const { data } = crumbAnswer.safeParse(jsonOf(answer));
  if (data === undefined) return undefined;
  const cookie = cookiesOf(answer.headers['set-cookie'] ?? '');
  return {
    headers: { [data.crumbRequestField]: data.crumb, ...(cookie === '' ? {} : { cookie }) },
  };
}

/** Several cookies stand in one line, and their dates have commas, too. */
function cookiesOf(line: string): string {
  return [...line.matchAll(/(?:^|,\s*)([^=;,\s]+=[^;,]+)/g)].map(([, pair]) => pair).join('; ');
}

function posted(path: string, xml: string | undefined, crumb: Crumb | undefined): Ask {
  const type =
    xml === undefined ? 'application/x-www-form-urlencoded' : 'application/xml; charset=utf-8';
  const headers = { 'content-type': type, ...crumb?.headers };
  return { method: 'POST', path, headers, body: xml ?? '' };
}
