import type { Resource, TaskInfo } from '../../shared/mesos.ts';
import type { Domain, LocatedOffer } from '../../shared/scheduler-wire.ts';
import type { AgentTemplate } from './mesos-casc.ts';

/** An agent that is to be launched with the first offer that has room for it (USI's `RunningPodSpec`). */
export interface Pod {
  readonly name: string;
  readonly role: string;
  readonly needs: readonly Need[];
  readonly attributes: ReadonlyMap<string, string>;
  readonly domain: AgentTemplate['domainFilterModel'];
  readonly task: Omit<TaskInfo, 'agent_id' | 'resources'>;
}

export interface Need {
  readonly name: 'cpus' | 'mem' | 'disk';
  readonly amount: number;
}

export type Refusal = 'domain' | 'attributes' | 'role' | Need['name'];

export type Match =
  | {
      readonly kind: 'fits';
      readonly taken: readonly Resource[];
      readonly left: readonly Resource[];
    }
  | { readonly kind: 'refused'; readonly by: Refusal };

/** The checks of USI's `OfferMatcher`, in its order. `left`: what pods before this one did not take. */
export function match(
  pod: Pod,
  offer: LocatedOffer,
  context: { readonly left: readonly Resource[]; readonly masterDomain: Domain | undefined },
): Match {
  if (!isInDomain(pod, offer.domain, context.masterDomain)) return refused('domain');
  if (!hasAttributes(pod, offer)) return refused('attributes');
  if (offer.allocation_info.role !== pod.role) return refused('role');
  return take(pod.needs, context.left);
}

function refused(by: Refusal): Match {
  return { kind: 'refused', by };
}

function isInDomain({ domain }: Pod, agent: Domain | undefined, master: Domain | undefined) {
  if (domain === 'any') return true;
  const regionOf = (one: Domain | undefined) => one?.fault_domain?.region.name ?? '';
  if (domain === 'home') return regionOf(agent) === regionOf(master);
  const zone = agent?.fault_domain?.zone.name ?? '';
  return regionOf(agent) === domain.region && zone === domain.zone;
}

/** `AgentStringAttributeFilter`: only attributes of type TEXT are looked at, so `rack:7` never fits. */
function hasAttributes({ attributes }: Pod, offer: LocatedOffer): boolean {
  return [...attributes].every(([name, value]) =>
    offer.attributes.some(
      (one) => one.name === name && one.type === 'TEXT' && one.text?.value === value,
    ),
  );
}

function take(needs: readonly Need[], from: readonly Resource[]): Match {
  let left = from;
  const taken: Resource[] = [];
  for (const need of needs) {
    const step = takeScalar(need, left);
    if (step === undefined) return refused(need.name);
    taken.push(...step.taken);
    left = step.left;
  }
  return { kind: 'fits', taken, left };
}

/** Mesos counts scalars in thousandths; so is compared here, or 0.3 would not be 0.1 + 0.2. */
function takeScalar(need: Need, from: readonly Resource[]) {
  let missing = thousandths(need.amount);
  const taken: Resource[] = [];
  const left = from.map((resource) => {
    const there = thousandths(resource.scalar?.value ?? 0);
    if (resource.name !== need.name || missing <= 0 || there <= 0) return resource;
    const part = Math.min(there, missing);
    missing -= part;
    taken.push(withAmount(resource, part));
    return withAmount(resource, there - part);
  });
  return missing > 0 ? undefined : { taken, left };
}

function withAmount(resource: Resource, amount: number): Resource {
  return { ...resource, scalar: { value: amount / 1000 } };
}

function thousandths(amount: number): number {
  return Math.round(amount * 1000);
}
