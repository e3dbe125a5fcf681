import { amountsOf, contains, isEmpty, nothing, plus, scalar } from '../shared/resources.ts';
import type { Amounts } from '../shared/resources.ts';
import type { Core } from './core.ts';
import { openOffer } from './offers.ts';
import { availableOn, offeredAmounts, rolesOf, taskAmounts } from './state.ts';
import type { Agent, Framework, OpenOffer } from './state.ts';

/** `--min_allocatable_resources=cpus:0.01|mem:32`: less than both is not worth an offer. */
const leastCpus = 0.01;
const leastMem = 32;

/**
 * One run of the allocator: all that is free on an agent goes to the framework with the smallest dominant share
 * that has not refused it (what `hierarchical` with `drf` sorters comes down to without quota and reservations).
 */
export function allocate(core: Core): void {
  core.counters.add('allocation_runs');
  const made = new Map<Framework, OpenOffer[]>();
  for (const agent of core.state.agents.values()) {
    if (!agent.active || agent.deactivated) continue;
    const amounts = availableOn(core.state, agent);
    if (scalar(amounts, 'cpus') < leastCpus && scalar(amounts, 'mem') < leastMem) continue;
    const taker = chooseTaker(core, agent, amounts);
    if (taker === undefined) continue;
    const offer = openOffer(core, { ...taker, agent, amounts });
    made.set(taker.framework, [...(made.get(taker.framework) ?? []), offer]);
  }
  for (const [framework, offers] of made) sendOffers(framework, offers);
}

function sendOffers(framework: Framework, offers: readonly OpenOffer[]): void {
  framework.stream?.send({
    type: 'OFFERS',
    offers: { offers: offers.map(({ offer }) => offer) },
  });
}

interface Taker {
  readonly framework: Framework;
  readonly role: string;
}

function chooseTaker(core: Core, agent: Agent, amounts: Amounts): Taker | undefined {
  const total = clusterTotal(core);
  const now = core.clock.now();
  return [...core.state.frameworks.values()]
    .filter((framework) => framework.active)
    .flatMap((framework) => rolesOf(framework.info).map((role) => ({ framework, role })))
    .filter(({ framework, role }) => !framework.suppressed.has(role))
    .filter((taker) => !isRefused({ taker, agent, amounts, now }))
    .map((taker) => ({ taker, share: share(core, taker, total) }))
    .sort((a, b) => a.share - b.share)[0]?.taker;
}

function isRefused(question: {
  readonly taker: Taker;
  readonly agent: Agent;
  readonly amounts: Amounts;
  readonly now: number;
}): boolean {
  const { taker, agent, amounts, now } = question;
  taker.framework.filters = taker.framework.filters.filter(({ until }) => until > now);
  return taker.framework.filters.some(
    ({ agentId, role, refused }) =>
      agentId === agent.id && role === taker.role && contains(refused, amounts),
  );
}

function clusterTotal(core: Core): Amounts {
  return [...core.state.agents.values()]
    .map(({ info }) => amountsOf(info.resources))
    .reduce(plus, nothing);
}

/** The framework's largest part of any resource of the cluster, what it holds in offers included. */
function share(core: Core, { framework, role }: Taker, total: Amounts): number {
  const offers = [...core.state.offers.values()].filter((one) => one.frameworkId === framework.id);
  const held = plus(taskAmounts(framework.tasks.values()), offeredAmounts(offers));
  if (isEmpty(held)) return 0;
  const shares = [...held.scalars].map(([name, value]) => {
    const whole = total.scalars.get(name) ?? 0;
    return whole === 0 ? 0 : value / whole;
  });
  return Math.max(...shares) / (core.settings.weights.get(role) ?? 1);
}
