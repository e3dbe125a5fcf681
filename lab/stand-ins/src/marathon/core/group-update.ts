import { z } from 'zod';
import { isBelow, isValidId, resolveId } from '../app/path-id.ts';
import { fault, type Fault } from '../app/validate-app.ts';

/** `types/group.raml` of Marathon 1.10. Lists that are absent leave what is there as it is. */
export interface GroupUpdate {
  readonly id?: string | undefined;
  readonly apps?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly groups?: readonly GroupUpdate[] | undefined;
  readonly dependencies?: readonly string[] | undefined;
  readonly scaleBy?: number | undefined;
  readonly version?: string | undefined;
}

export const groupUpdate: z.ZodType<GroupUpdate> = z.object({
  id: z.string().optional(),
  apps: z.array(z.record(z.string(), z.unknown())).optional(),
  get groups() {
    return z.array(groupUpdate).optional();
  },
  dependencies: z.array(z.string()).optional(),
  scaleBy: z.number().min(0).optional(),
  version: z.string().optional(),
});

export interface Present {
  readonly apps: readonly string[];
  readonly groups: readonly string[];
}

/** What an update means for everything below its group. */
export interface Outcome {
  readonly apps: readonly {
    readonly id: string;
    readonly app: Readonly<Record<string, unknown>>;
  }[];
  readonly groups: readonly {
    readonly id: string;
    readonly dependencies: readonly string[] | undefined;
  }[];
  readonly removedApps: readonly string[];
  readonly removedGroups: readonly string[];
}

/** A list of apps or groups replaces the one that is there: what it does not name is removed. */
export function outcomeOf(id: string, update: GroupUpdate, present: Present): Outcome {
  const apps = (update.apps ?? []).map((app) => ({
    id: resolveId(typeof app['id'] === 'string' ? app['id'] : '', id),
    app,
  }));
  const inner = (update.groups ?? []).map((group) => {
    const innerId = resolveId(group.id ?? '', id);
    return { id: innerId, outcome: outcomeOf(innerId, group, present) };
  });
  const goneApps = update.apps === undefined ? [] : directly(present.apps, id, apps);
  const goneGroups = update.groups === undefined ? [] : directly(present.groups, id, inner);
  const inGone = (one: string) => goneGroups.some((gone) => isBelow(one, gone));
  const dependencies = update.dependencies?.map((one) => resolveId(one, id));
  const outcomes = inner.map(({ outcome }) => outcome);
  return {
    apps: [...apps, ...outcomes.flatMap((one) => one.apps)],
    groups: [{ id, dependencies }, ...outcomes.flatMap((one) => one.groups)],
    removedApps: [
      ...goneApps,
      ...present.apps.filter(inGone),
      ...outcomes.flatMap((one) => one.removedApps),
    ],
    removedGroups: [
      ...goneGroups,
      ...present.groups.filter(inGone),
      ...outcomes.flatMap((one) => one.removedGroups),
    ],
  };
}

/** Those in this very group that the new list does not name. */
function directly(
  ids: readonly string[],
  group: string,
  named: readonly { readonly id: string }[],
): string[] {
  return ids.filter(
    (id) => resolveId('..', id) === group && id !== group && !named.some((one) => one.id === id),
  );
}

export function groupFaults(id: string, { apps, groups }: Outcome): Fault[] {
  const ids = [...apps, ...groups].map((one) => one.id);
  return ids.flatMap((one) => {
    if (one === id) return one === '/' || isValidId(one) ? [] : fault('/id', 'is not a valid path');
    if (!isBelow(one, id)) {
      return fault('/apps', `identifier ${one} is not child of ${id}. Hint: use relative paths.`);
    }
    return isValidId(one) ? [] : fault('/id', `${one} is not a valid path`);
  });
}
