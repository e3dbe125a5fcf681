import { usesHostNetwork } from '../app/parse-app.ts';
import type { App } from '../app/app-schema.ts';
import type { Offer } from '../mesos/wire.ts';
import { fulfils, type Placement } from './constraints.ts';
import { hasPort, portsOf, type Available, type Taken } from './resources.ts';

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
}

export function matchOffer(candidate: Candidate): Match {
  const reason = firstReason(candidate);
  if (reason !== undefined) return { kind: 'no-match', reason };
  const { app, available } = candidate;
  const ports = pickPorts(wantedPorts(app), available);
  if (ports === undefined) return { kind: 'no-match', reason: 'InsufficientPorts' };
  const { cpus, mem, disk, gpus } = app;
  return { kind: 'match', taken: { cpus, mem, disk, gpus, ports } };
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
    ['UnfulfilledRole', acceptsUnreserved(app)],
    ['UnfulfilledConstraint', app.constraints.every((one) => fulfils(one, offer, placed))],
    ['AgentMaintenance', offer.unavailability === undefined],
    ['InsufficientCpus', available.cpus >= app.cpus],
    ['InsufficientMemory', available.mem >= app.mem],
    ['InsufficientDisk', available.disk >= app.disk],
    ['InsufficientGpus', available.gpus >= app.gpus],
  ];
  return checks.find(([, ok]) => !ok)?.[0];
}

function acceptsUnreserved({ acceptedResourceRoles: roles }: App): boolean {
  return roles === undefined || roles.length === 0 || roles.includes('*');
}

/** Undefined if one cannot be had. */
function pickPorts(
  wanted: readonly (number | undefined)[],
  available: Available,
): number[] | undefined {
  const fixed = wanted.filter((port) => port !== undefined);
  if (!fixed.every((port) => hasPort(available.ports, port))) return undefined;
  const free = portsOf(available.ports);
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
