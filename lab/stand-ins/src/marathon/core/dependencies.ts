import { ancestorsOf, isBelow } from '../app/path-id.ts';
import { ApiFault } from './api-fault.ts';
import type { Group } from './cluster.ts';
import type { Action } from './deployment.ts';

export interface Dependent {
  readonly id: string;
  readonly dependencies: readonly string[];
}

/**
 * Stops first, then each app after those that it depends on (`DeploymentPlan.scala`, Marathon 1.10). A group's
 * dependencies are those of everything in it; a dependency on a group is one on everything in that group.
 */
export function deploymentSteps(
  actions: readonly Action[],
  apps: readonly Dependent[],
  groups: readonly Group[],
): Action[][] {
  const levelOf = levels(apps, groups);
  const steps = new Map<number, Action[]>();
  for (const action of actions) {
    const level = action.action === 'StopApplication' ? -1 : levelOf(action.app);
    steps.set(level, [...(steps.get(level) ?? []), action]);
  }
  return [...steps].sort(([a], [b]) => a - b).map(([, step]) => step);
}

/** How many others have to run first, one after another. */
function levels(apps: readonly Dependent[], groups: readonly Group[]): (id: string) => number {
  const known = new Map<string, number>();
  const level = (id: string, path: readonly string[]): number => {
    const before = known.get(id);
    if (before !== undefined) return before;
    if (path.includes(id)) throw cyclic([...path, id]);
    const needs = needsOf(id, apps, groups);
    const own = Math.max(-1, ...needs.map((need) => level(need, [...path, id]))) + 1;
    known.set(id, own);
    return own;
  };
  return (id) => level(id, []);
}

function needsOf(id: string, apps: readonly Dependent[], groups: readonly Group[]): string[] {
  const own = apps.find((one) => one.id === id)?.dependencies ?? [];
  const inherited = ancestorsOf(id).flatMap(
    (ancestor) => groups.find((one) => one.id === ancestor)?.dependencies ?? [],
  );
  const wanted = [...own, ...inherited];
  return apps
    .map((one) => one.id)
    .filter((app) => app !== id || own.includes(id))
    .filter((app) => wanted.some((need) => app === need || isBelow(app, need)));
}

function cyclic(path: readonly string[]): ApiFault {
  const errors = [`Dependency graph has cyclic dependencies: ${path.join(' -> ')}`];
  return new ApiFault(422, {
    message: 'Object is not valid',
    details: [{ path: '/dependencies', errors }],
  });
}
