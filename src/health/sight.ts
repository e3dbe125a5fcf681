import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import type { HttpAnswer, HttpRequest, NoAnswer, RemoteHost } from '../ports.ts';
import type { Member } from './model.ts';

/** The hosts as far as they can be seen: open connections, and reasons for those that failed. */
export interface Sight {
  readonly spec: ClusterSpec;
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly missing: ReadonlyMap<string, string>;
}

/** Bound on one probe. A frozen server accepts the connection and never answers. */
export const probeDeadlineMs = 4000;

export function failed(answer: unknown): answer is NoAnswer {
  return typeof answer === 'object' && answer !== null && 'failure' in answer;
}

export function whyNoAnswer({ failure, detail }: NoAnswer): string {
  const texts = {
    refused: 'nothing listens on its port',
    timeout: `no answer within ${probeDeadlineMs / 1000} s`,
    closed: 'closed the connection without an answer',
    'forwarding-refused': 'sshd forbids forwarding (AllowTcpForwarding)',
    unreachable: detail,
  } as const;
  return texts[failure];
}

export function unseen({ missing }: Sight, host: Host): Member {
  const detail = missing.get(host.name) ?? 'host not connected';
  return { host: host.name, state: 'unknown', role: undefined, detail };
}

/** A host by name with its connection; undefined if it is not known or not connected. */
export function placeOf(
  { spec, remotes }: Sight,
  name: string | undefined,
): { readonly host: Host; readonly remote: RemoteHost } | undefined {
  const host = spec.hosts.find((candidate) => candidate.name === name);
  const remote = host && remotes.get(host.name);
  return host === undefined || remote === undefined ? undefined : { host, remote };
}

type Ask = Pick<HttpRequest, 'method' | 'path' | 'port'> & Partial<HttpRequest>;

/** One HTTP request to a service on the host's own service address. */
export async function ask(
  remote: RemoteHost,
  host: Host,
  request: Ask,
): Promise<HttpAnswer | NoAnswer> {
  return await remote.http({ address: host.address, deadlineMs: probeDeadlineMs, ...request });
}

/** The body as JSON, or undefined. */
export function jsonOf({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
