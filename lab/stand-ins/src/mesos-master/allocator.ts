import { amountsOf, contains, nothing, plus, scalar } from '../shared/resources.ts';
import type { Amounts } from '../shared/resources.ts';
import type { Core } from './core.ts';
import { countFor } from './framework-metrics.ts';
import { openOffer } from './offers.ts';
import { belowGuarantee, withinLimits } from './quota.ts';
import { availableOn, isActive, offeredAmounts, rolesOf, taskAmounts } from './state.ts';
import type { Agent, Framework, OpenOffer } from './state.ts';
import { weightOf } from './weights.ts';

/** `--min_allocatable_resources=cpus:0.01|mem:32`: less than both is not worth an offer. */
const leastCpus = 0.01;
const leastMem = 32;

/**
 * One run of the allocator: all that is free on an agent goes to the role with the smallest dominant share by
 * weight, and in it to the framework with the smallest one (what `hierarchical` with `drf` sorters comes down to
 * without reservations). Limits are kept; guarantees only decide who is first, nothing is held back for them.
 */
export function allocate(core: Core): void {
  core.counters.add('allocation_runs');
  const startMs = performance.now();
  const total = clusterTotal(core);
  const made = new Map<Framework, OpenOffer[]>();
  for (const agent of core.state.agents.values()) {
    if (!isActive(core.state, agent) || !core.settings.isListed(agent.info.hostname)) continue;
    const free = availableOn(core.state, agent);
    if (!isWorthAnOffer(free)) continue;
    const grant = chooseGrant(core, { agent, free, total });
    if (grant === undefined) continue;
    countGrant(core, grant);
    const offer = openOffer(core, { ...grant, agent });
    made.set(grant.framework, [...(made.get(grant.framework) ?? []), offer]);
  }
  for (const [framework, offers] of made) sendOffers(core, framework, offers);
  core.allocationTime.add(performance.now() - startMs);
}

function isWorthAnOffer(amounts: Amounts): boolean {
  return scalar(amounts, 'cpus') >= leastCpus || scalar(amounts, 'mem') >= leastMem;
}

function sendOffers(core: Core, framework: Framework, offers: readonly OpenOffer[]): void {
  countFor(core, framework.id, { name: 'offers/sent', by: offers.length });
  framework.stream?.send({
    type: 'OFFERS',
    offers: { offers: offers.map(({ offer }) => offer) },
  });
}

interface Choice {
  readonly agent: Agent;
  readonly free: Amounts;
  readonly total: Amounts;
}

interface Candidate {
  readonly framework: Framework;
  readonly role: string;
}

interface Ranked extends Candidate {
  readonly guaranteed: boolean;
  readonly roleShare: number;
  readonly share: number;
  readonly roleGrants: number;
  readonly grants: number;
  readonly amounts: Amounts;
}

function chooseGrant(core: Core, choice: Choice): Ranked | undefined {
  return candidates(core)
    .map((candidate) => rank(core, candidate, choice))
    .filter(({ amounts }) => isWorthAnOffer(amounts))
    .filter((ranked) => !isRefused(ranked, choice.agent, core.clock.now()))
    .sort(byNeed)[0];
}

/** Guarantees, then the role, then the framework; the order of `DRFComparator` in drf/sorter.hpp (1.11). */
function byNeed(a: Ranked, b: Ranked): number {
  return (
    Number(b.guaranteed) - Number(a.guaranteed) ||
    a.roleShare - b.roleShare ||
    a.roleGrants - b.roleGrants ||
    a.share - b.share ||
    a.grants - b.grants
  );
}

function grantKeys({ framework, role }: Candidate): readonly [string, string] {
  return [role, `${role} ${framework.id}`];
}

function countGrant({ state }: Core, candidate: Candidate): void {
  for (const key of grantKeys(candidate)) state.grants.set(key, (state.grants.get(key) ?? 0) + 1);
}

function candidates({ state }: Core): Candidate[] {
  return [...state.frameworks.values()]
    .filter(({ active }) => active)
    .flatMap((framework) => rolesOf(framework.info).map((role) => ({ framework, role })))
    .filter(({ framework, role }) => !framework.suppressed.has(role));
}

function rank(core: Core, candidate: Candidate, { free, total }: Choice): Ranked {
  const { role, framework } = candidate;
  const held = heldBy(core, role);
  const [roleGrants = 0, grants = 0] = grantKeys(candidate).map((key) =>
    core.state.grants.get(key),
  );
  return {
    ...candidate,
    guaranteed: belowGuarantee(core, role, held),
    roleShare: dominantShare(held, total) / weightOf(core, role),
    share: dominantShare(heldBy(core, role, framework), total),
    roleGrants,
    grants,
    amounts: withinLimits(core, role, { held, free }),
  };
}

/** What runs and what is offered, in a role; of all its frameworks or of one. */
export function heldBy({ state }: Core, role: string, framework?: Framework): Amounts {
  const frameworks = framework === undefined ? [...state.frameworks.values()] : [framework];
  const tasks = frameworks.flatMap((one) =>
    [...one.tasks.values()].filter((task) => task.role === role),
  );
  const offers = [...state.offers.values()].filter(
    (open) => open.role === role && (framework === undefined || open.frameworkId === framework.id),
  );
  return plus(taskAmounts(tasks), offeredAmounts(offers));
}

/** The largest part of any resource of the cluster. */
export function dominantShare(held: Amounts, total: Amounts): number {
  const shares = [...held.scalars].map(([name, value]) => {
    const whole = total.scalars.get(name) ?? 0;
    return whole === 0 ? 0 : value / whole;
  });
  return Math.max(0, ...shares);
}

function isRefused({ framework, role, amounts }: Ranked, agent: Agent, now: number): boolean {
  framework.filters = framework.filters.filter(({ until }) => until > now);
  return framework.filters.some(
    (filter) =>
      filter.agentId === agent.id && filter.role === role && contains(filter.refused, amounts),
  );
}

export function clusterTotal({ state }: Core): Amounts {
  return [...state.agents.values()]
    .map(({ info }) => amountsOf(info.resources))
    .reduce(plus, nothing);
}
