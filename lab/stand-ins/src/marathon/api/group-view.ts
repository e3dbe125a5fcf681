import { isBelow, parentOf } from '../app/path-id.ts';
import type { AppRecord } from '../core/cluster.ts';
import { allEmbeds, appView, type Embed, type ViewSources } from './views.ts';

export interface GroupEmbeds {
  readonly groups: boolean;
  readonly apps: boolean;
  readonly ofApps: readonly Embed[];
}

/** Without `embed` a group is shown with everything in it, apps as they are defined. */
export function groupEmbeds(embed: readonly string[]): GroupEmbeds {
  const ofApps = embed
    .filter((one) => /^(group\.apps|apps)\./.test(one))
    .map((one) => one.replace(/^(group\.)?apps\./, ''));
  return {
    groups: embed.length === 0 || embed.includes('group.groups'),
    apps: embed.length === 0 || embed.includes('group.apps') || ofApps.length > 0,
    ofApps: allEmbeds.filter((one) => ofApps.includes(one)),
  };
}

/** `types/group.raml` of Marathon 1.10. */
export function groupView(
  id: string,
  embeds: GroupEmbeds,
  sources: ViewSources & { readonly electedAt: number },
): Record<string, unknown> {
  const { cluster, electedAt } = sources;
  const group = cluster.group(id);
  const children = cluster.groups().filter((one) => one.id !== '/' && parentOf(one.id) === id);
  const apps = cluster.apps().filter(({ app }) => parentOf(app.id) === id);
  return {
    id,
    ...(embeds.apps ? { apps: appViews(apps, embeds, sources) } : {}),
    pods: [],
    ...(embeds.groups ? { groups: children.map((one) => groupView(one.id, embeds, sources)) } : {}),
    dependencies: group?.dependencies ?? [],
    version: group?.version ?? new Date(electedAt).toISOString(),
    enforceRole: false,
  };
}

export function appsBelow(id: string, { cluster }: ViewSources): AppRecord[] {
  return cluster.apps().filter(({ app }) => isBelow(app.id, id));
}

function appViews(
  apps: readonly AppRecord[],
  embeds: GroupEmbeds,
  sources: ViewSources,
): Record<string, unknown>[] {
  return apps.map((one) => appView(one, embeds.ofApps, sources));
}
