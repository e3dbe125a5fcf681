import { amountsOf, minus, nothing, plus, scalar, type Amounts } from '../shared/resources.ts';
import { clusterTotal, dominantShare, heldBy } from './allocator.ts';
import type { Core } from './core.ts';
import { offeredAmounts, rolesOf, taskAmounts } from './state.ts';

/** Everything under `allocator/` in `/metrics/snapshot`; queues are always empty here. */
export function allocatorMetrics(core: Core): Record<string, number> {
  return {
    'allocator/event_queue_dispatches': 0,
    'allocator/mesos/event_queue_dispatches': 0,
    'allocator/mesos/allocation_runs': core.counters.get('allocation_runs'),
    ...core.allocationTime.metrics('allocator/mesos/allocation_run_ms'),
    ...core.allocationTime.metrics('allocator/mesos/allocation_run_latency_ms'),
    ...resources(core),
    ...merged(rolesInUse(core).map((role) => roleMetrics(core, role))),
  };
}

function resources(core: Core): Record<string, number> {
  const total = clusterTotal(core);
  const tasks = [...core.state.frameworks.values()].map(({ tasks: all }) =>
    taskAmounts(all.values()),
  );
  const taken = plus(tasks.reduce(plus, nothing), offeredAmounts(core.state.offers.values()));
  const names = new Set(['cpus', 'mem', 'disk', ...total.scalars.keys()]);
  return merged(
    [...names].map((name) => ({
      [`allocator/mesos/resources/${name}/total`]: scalar(total, name),
      [`allocator/mesos/resources/${name}/offered_or_allocated`]: scalar(taken, name),
    })),
  );
}

function rolesInUse({ state }: Core): string[] {
  return [...new Set([...state.frameworks.values()].flatMap(({ info }) => rolesOf(info)))];
}

function roleMetrics(core: Core, role: string): Record<string, number> {
  const held = heldBy(core, role);
  const offered = [...core.state.offers.values()].filter((open) => open.role === role);
  const consumed = minus(held, amountsOf(offered.flatMap(({ offer }) => offer.resources)));
  const now = core.clock.now();
  const filters = [...core.state.frameworks.values()]
    .flatMap((framework) => framework.filters)
    .filter((filter) => filter.role === role && filter.until > now);
  return {
    [`allocator/mesos/roles/${role}/shares/dominant`]: dominantShare(held, clusterTotal(core)),
    [`allocator/mesos/offer_filters/roles/${role}/active`]: filters.length,
    ...consumption(role, consumed),
    // The root of the roles' tree has no name.
    ...consumption('', consumed),
  };
}

function consumption(role: string, consumed: Amounts): Record<string, number> {
  const used = [...consumed.scalars.keys()].filter((name) => scalar(consumed, name) > 0);
  return Object.fromEntries(
    used.map((name) => [
      `allocator/mesos/quota/roles/${role}/resources/${name}/consumed`,
      scalar(consumed, name),
    ]),
  );
}

export function merged(records: readonly Record<string, number>[]): Record<string, number> {
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)));
}
