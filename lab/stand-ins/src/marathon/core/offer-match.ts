import { usesHostNetwork } from '../app/parse-app.ts';
import type { App } from '../app/app-schema.ts';
import type { Offer } from '../mesos/wire.ts';
import { fulfils, type Placement } from './constraints.ts';
import { hasPort, portsOf, take, total, type Available, type Taken } from './resources.ts';

/** In the order in which just the first is counted (`NoOfferMatchReason.scala`, Marathon 1.10). */
export const rejectReasons = [
  'UnfulfilledRole',
  'UnfulfilledConstraint',
  'NoCorrespondingReservationFound',
  'AgentMaintenance',
  'InsufficientCpus',
  'InsufficientMemory',
  'InsufficientDisk',
  'InsufficientGpus',
  'InsufficientPorts',
  'DeclinedScarceResources',
] as const;

export type RejectReason = (typeof rejectReasons)[number];

export type Match =
  | { readonly kind: 'match'; readonly taken: Taken }
  | { readonly kind: 'no-match'; readonly reason: RejectReason };

export interface Candidate {
  readonly app: App;
  readonly offer: Offer;
  /** What is left of the offer after the tasks that already take a part of it. */
  readonly available: Available;
  /** Where the app's instances are, those just matched included. */
  readonly placed: readonly Placement[];
  /** Roles whose resources an app that names none may use. */
  readonly defaultRoles: readonly string[];
}

export function matchOffer(candidate: Candidate): Match {
  const { app, defaultRoles } = candidate;
  const roles = app.acceptedResourceRoles ?? [];
  const accepted = roles.length === 0 ? defaultRoles : roles;
  const available = candidate.available.filter(({ role }) => accepted.includes(role));
  const reason = firstReason({ ...candidate, available });
  if (reason !== undefined) return { kind: 'no-match', reason };
  const ports = pickPorts(wantedPorts(app), available);
  if (ports === undefined) return { kind: 'no-match', reason: 'InsufficientPorts' };
  return { kind: 'match', taken: take(available, app, ports) };
}

/** Undefined where any port of the offer will do. */
function wantedPorts(app: App): (number | undefined)[] {
  if (usesHostNetwork(app)) {
    return (app.portDefinitions ?? []).map(({ port }) =>
      app.requirePorts && port !== 0 ? port : undefined,
    );
  }
  return (app.container?.portMappings ?? [])
    .filter(({ hostPort }) => hostPort !== undefined)
    .map(({ hostPort }) => (hostPort === 0 ? undefined : hostPort));
}

function firstReason({ app, offer, available, placed }: Candidate): RejectReason | undefined {
  const checks: readonly (readonly [RejectReason, boolean])[] = [
    ['UnfulfilledRole', available.length > 0],
    ['UnfulfilledConstraint', app.constraints.every((one) => fulfils(one, offer, placed))],
    ['AgentMaintenance', offer.unavailability === undefined],
    ['InsufficientCpus', total(available, 'cpus') >= app.cpus],
    ['InsufficientMemory', total(available, 'mem') >= app.mem],
    ['InsufficientDisk', total(available, 'disk') >= app.disk],
    ['InsufficientGpus', total(available, 'gpus') >= app.gpus],
  ];
  return checks.find(([, ok]) => !ok)?.[0];
}

/** Undefined if one cannot be had. */
function pickPorts(
  wanted: readonly (number | undefined)[],
  available: Available,
): number[] | undefined {
  const ranges = available.flatMap(({ ports }) => ports);
  const fixed = wanted.filter((port) => port !== undefined);
  if (!fixed.every((port) => hasPort(ranges, port))) return undefined;
  const free = portsOf(ranges);
  const picked: number[] = [];
  for (const port of wanted) {
    const next = port ?? nextFree(free, fixed);
    if (next === undefined) return undefined;
    picked.push(next);
  }
  return picked;
}

function nextFree(free: Generator<number, void>, fixed: readonly number[]): number | undefined {
  for (;;) {
    const next = free.next();
    if (next.done === true) return undefined;
    if (!fixed.includes(next.value)) return next.value;
  }
}
