import type { HttpAnswer, NoAnswer } from '../ports.ts';
import { ask, failed, jsonOf, placeOf, type Sight } from './sight.ts';

/** One call of the operator API (`POST /api/v1`, Mesos 1.9+) to the master on a host. */
export function operatorCall({ spec }: Pick<Sight, 'spec'>, type: string, content?: object) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = JSON.stringify({ type, ...(content && { [type.toLowerCase()]: content }) });
  return { method: 'POST', path: '/api/v1', port: spec.mesos.masterPort, headers, body } as const;
}

/** Undefined where there is no leader to ask. */
export async function callLeader(
  sight: Sight,
  leader: string | undefined,
  call: { readonly type: string; readonly content?: object },
): Promise<HttpAnswer | NoAnswer | undefined> {
  const place = placeOf(sight, leader);
  if (place === undefined) return undefined;
  return await ask(place.remote, place.host, operatorCall(sight, call.type, call.content));
}

/** What the leader tells, as JSON; undefined where it does not. */
export async function readLeader(
  sight: Sight,
  leader: string | undefined,
  type: string,
): Promise<unknown> {
  const answer = await callLeader(sight, leader, { type });
  if (answer === undefined || failed(answer) || answer.status !== 200) return undefined;
  return jsonOf(answer);
}
