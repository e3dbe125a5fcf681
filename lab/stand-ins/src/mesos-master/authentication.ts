import { readFileSync } from 'node:fs';
import type { Flags } from '../shared/flags.ts';
import type { Answer, Request } from '../shared/http.ts';
import { text } from '../shared/http.ts';

type Realm = 'mesos-master-readonly' | 'mesos-master-readwrite' | 'mesos-master-scheduler';

/** `undefined`: whoever asks may. */
export type Guard = (path: string, request: Request) => Answer | undefined;

/** Open to everybody whatever the flags say (observed with 1.12.0), and the wires between stand-ins. */
const open = ['/', '/health', '/version', '/redirect', '/stand-in/log'];

/** By `route(…)` in src/master/master.cpp (1.11): reading these needs the realm that may also write. */
const writable = [
  ...['/api/v1', '/logging/toggle', '/maintenance/schedule', '/machine/down', '/machine/up'],
  ...['/teardown', '/weights', '/quota', '/reserve', '/unreserve', '/create-volumes'],
  '/destroy-volumes',
];

export function guardBy(flags: Flags): Guard {
  const credentials = credentialsOf(flags);
  const on: Readonly<Record<Realm, boolean>> = {
    'mesos-master-readonly': flags.isOn('authenticate_http_readonly'),
    'mesos-master-readwrite': flags.isOn('authenticate_http_readwrite'),
    'mesos-master-scheduler': flags.isOn('authenticate_http_frameworks'),
  };
  return (path, request) => {
    const realm = realmOf(path);
    if (realm === undefined || !on[realm]) return undefined;
    return credentials.has(presented(request)) ? undefined : unauthorized(realm);
  };
}

function realmOf(path: string): Realm | undefined {
  if (open.includes(path)) return undefined;
  if (path === '/api/v1/scheduler') return 'mesos-master-scheduler';
  return writable.includes(path) ? 'mesos-master-readwrite' : 'mesos-master-readonly';
}

function unauthorized(realm: Realm): Answer {
  const answer = text('401 Unauthorized.', 401);
  return {
    ...answer,
    headers: { 'WWW-Authenticate': `Basic realm="${realm}"`, ...answer.headers },
  };
}

/** `principal:secret`, as HTTP Basic spells it. */
function presented({ headers }: Request): string {
  const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
  return scheme === 'Basic' ? Buffer.from(token, 'base64').toString('utf8') : '';
}

/** Since 1.11 as JSON only. */
function credentialsOf(flags: Flags): ReadonlySet<string> {
  const path = flags.text('credentials');
  if (path === undefined) return new Set();
  const { credentials = [] } = JSON.parse(readFileSync(path, 'utf8')) as {
    credentials?: readonly { principal: string; secret?: string }[];
  };
  return new Set(credentials.map(({ principal, secret = '' }) => `${principal}:${secret}`));
}
