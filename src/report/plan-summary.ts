import type { ChangeGroup } from '../plan/diff/change.ts';
import type { Effects } from '../plan/effects/effects.ts';
import type { ServiceEffect } from '../plan/effects/services.ts';

export interface PlanSummary {
  /** Steps that change something. */
  readonly changes: number;
  readonly hosts: number;
  readonly files: number;
  readonly folders: number;
  readonly images: number;
  readonly containersNew: number;
  readonly containersRestarted: number;
  readonly containersRemoved: number;
  readonly apps: number;
  readonly others: number;
  readonly buildsEnding: number;
}

export function planSummary(
  changes: number,
  groups: readonly ChangeGroup[],
  effects: Effects,
): PlanSummary {
  const items = groups.flatMap((group) => group.changes);
  const count = (kind: string, ...actions: string[]) =>
    items.filter(
      (one) => one.kind === kind && (actions.length === 0 || actions.includes(one.action)),
    ).length;
  return {
    changes,
    hosts: new Set(groups.flatMap(({ host }) => host ?? [])).size,
    files: count('file'),
    folders: count('folder'),
    images: count('image'),
    containersNew: count('container', 'create'),
    containersRestarted: count('container', 'replace', 'restart', 'take-back'),
    containersRemoved: count('container', 'remove'),
    apps: count('app'),
    others: count('other') + count('share'),
    buildsEnding: effects.builds.ending.length,
  };
}

/** `7 changes on 4 hosts: 3 files, 2 containers restart, 1 app; ZooKeeper keeps its quorum`. */
export function summaryText(summary: PlanSummary, { services }: Effects): string {
  const parts = [
    counted(summary.files, 'file'),
    counted(summary.folders, 'folder'),
    counted(summary.images, 'image to pull', 'images to pull'),
    counted(summary.containersNew, 'new container'),
    counted(summary.containersRestarted, 'container restarts', 'containers restart'),
    counted(summary.containersRemoved, 'container removed', 'containers removed'),
    counted(summary.apps, 'app'),
    counted(summary.others, 'other'),
  ].filter((part) => part !== '');
  const hosts = summary.hosts === 0 ? '' : ` on ${counted(summary.hosts, 'host')}`;
  const what = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  const builds =
    summary.buildsEnding === 0 ? [] : [counted(summary.buildsEnding, 'build ends', 'builds end')];
  const effects = [...services.flatMap(quorumWords), ...builds];
  return [`${counted(summary.changes, 'change')}${hosts}${what}`, ...effects].join('; ');
}

/** Of a group that has its quorum now, whether it keeps it. */
function quorumWords({ title, quorum }: ServiceEffect): string[] {
  if (quorum === null || quorum.downAtOnce === 0) return [];
  return [quorum.kept ? `${title} keeps its quorum` : `${title} LOSES its quorum`];
}

function counted(count: number, one: string, many = `${one}s`): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}
