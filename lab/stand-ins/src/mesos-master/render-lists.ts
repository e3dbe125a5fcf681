import { amountsOf, nothing, plus, toSummary } from '../shared/resources.ts';
import type { Core } from './core.ts';
import { allTasks, legacyTask } from './render-tasks.ts';
import { roles, type RoleUse } from './render-v1.ts';
import { quotaSummary } from './quota.ts';
import { weightOf } from './weights.ts';
import { offeredAmounts, taskAmounts } from './state.ts';

/** `/tasks`. */
export function renderTasks({ state }: Core): object {
  const frameworks = [...state.frameworks.values(), ...state.completedFrameworks];
  return { tasks: frameworks.flatMap((framework) => allTasks(framework).map(legacyTask)) };
}

/** `/roles`. */
export function renderRoles(core: Core): object {
  return { roles: roles(core).map((role) => renderRole(core, role)) };
}

function renderRole(core: Core, { name, frameworks }: RoleUse): object {
  const allocated = frameworks
    .map(({ tasks }) => taskAmounts(tasks.values()))
    .reduce(plus, nothing);
  const offers = [...core.state.offers.values()].filter(({ role }) => role === name);
  const held = nonZero(toSummary(allocated));
  return {
    name,
    weight: weightOf(core, name),
    quota: quotaSummary(core, name, held),
    resources: nonZero(toSummary(plus(allocated, offeredAmounts(offers)))),
    allocated: held,
    offered: nonZero(toSummary(amountsOf(offers.flatMap(({ offer }) => offer.resources)))),
    reserved: {},
    frameworks: frameworks.map(({ id }) => id),
  };
}

function nonZero(summary: Record<string, number | string>): Record<string, number | string> {
  return Object.fromEntries(Object.entries(summary).filter(([, value]) => value !== 0));
}
