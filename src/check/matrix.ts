import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { Facts } from '../plan/facts.ts';
import { flows, openersOf, type Flow } from './flows.ts';
import type { Seen } from './scene.ts';

/** How an attempt to connect ended, as `check/connect.pl` says it. */
export type Ending = 'open' | 'refused' | 'unreachable' | 'silent';

/** What is known about a port before the others try it. */
export type Listening =
  /** A program of ours or of somebody else has it. */
  | { readonly kind: 'held' }
  /** We listened ourselves, for as long as the others tried. */
  | { readonly kind: 'test' }
  /** A service of ours runs that opens it only now and then; it must not be taken from it. */
  | { readonly kind: 'left-free' }
  | { readonly kind: 'none'; readonly why: string };

export interface Attempt {
  readonly flow: Flow;
  readonly ending: Ending;
  /** `EHOSTUNREACH`, where the system said more. */
  readonly errno: string | undefined;
}

export interface Matrix {
  /** By `address:port`. */
  readonly listening: ReadonlyMap<string, Listening>;
  readonly attempts: readonly Attempt[];
  /** Hosts that could try nothing, with the reason. */
  readonly mute: ReadonlyMap<string, string>;
}

export function placeOf({ to, port }: Pick<Flow, 'to' | 'port'>): string {
  return `${to.address}:${port}`;
}

/** Connections between hosts that answered. */
export function flowsBetween(spec: ClusterSpec, seen: readonly Seen[]): readonly Flow[] {
  const names = new Set(seen.map(({ host }) => host.name));
  return flows(spec).filter(({ from, to }) => names.has(from.name) && names.has(to.name));
}

/** Ports of a host that others connect to: who has them, and which are ours to try. */
export function portsToTry(
  { host, facts }: Pick<Seen, 'host' | 'facts'>,
  all: readonly Flow[],
): ReadonlyMap<string, Listening | 'free'> {
  const own = all.filter(({ to }) => to.name === host.name);
  return new Map(own.map((flow) => [placeOf(flow), stateOf(facts, flow)]));
}

/** Whether something on the host listens there for others. */
export function isHeld({ host, facts }: Pick<Seen, 'host' | 'facts'>, port: number): boolean {
  const addresses = ['0.0.0.0', '*', '::', host.address];
  return facts.listeners.some(
    (listener) => listener.port === port && addresses.includes(listener.address),
  );
}

function stateOf(facts: Facts, flow: Flow): Listening | 'free' {
  if (isHeld({ host: flow.to, facts }, flow.port)) return { kind: 'held' };
  const openers: readonly string[] = openersOf(flow);
  // A leader elected this very moment would find its port taken, and the election would fail.
  const mayOpen = facts.containers.some(
    ({ service, status }) => openers.includes(service) && !['exited', 'created'].includes(status),
  );
  return mayOpen ? { kind: 'left-free' } : 'free';
}

/** Reads lines of `check/connect.pl`; undefined for any other line. */
export function parseAttempt(
  line: string,
): (Pick<Attempt, 'ending' | 'errno'> & { place: string }) | undefined {
  const found = /^(\S+) (\d+) (open|refused|unreachable|silent)(?: (\S+))?$/.exec(line);
  if (found === null) return undefined;
  const [, address = '', port = '', ending, errno] = found;
  return { place: `${address}:${port}`, ending: ending as Ending, errno };
}
