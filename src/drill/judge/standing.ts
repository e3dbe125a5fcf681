import type { Baseline } from '../recording.ts';
import type { Seen } from '../sample.ts';
import { mayEnd, mustStay } from './ids.ts';
import { lastOf, type Now } from './replay.ts';
import type { View } from './view.ts';

/** Every agent that may not be lost is active. */
export function agentsStand(view: View, now: readonly Now[]): boolean {
  const told = stateIn(now);
  return told !== undefined && mustStay(view).every((id) => told.agents.includes(id));
}

export function frameworksStand({ baseline }: View, now: readonly Now[]): boolean {
  const told = stateIn(now);
  const ids = Object.values(baseline?.frameworks ?? {});
  return told !== undefined && ids.every((id) => told.frameworks.includes(id));
}

function stateIn(now: readonly Now[]) {
  return lastOf(now, 'mesos-state').find(({ seen }) => seen.error === undefined)?.seen;
}

/** Each controller through every gateway that is not itself the victim, and Marathon has its tasks. */
export function servicesStand(view: View, now: readonly Now[]): boolean {
  const { baseline, victims } = view;
  if (baseline === undefined) return false;
  const gateways = lastOf(now, 'gateway').map(({ seen }) => seen);
  const isOpen = gateways.every(({ host, open }) => open || victims.has(host));
  return isOpen && pagesStand(view, baseline, now) && appsStand(view, baseline, now);
}

function pagesStand({ victims }: View, { controllers }: Baseline, now: readonly Now[]): boolean {
  const pages = lastOf(now, 'jenkins').map(({ seen }) => seen);
  return controllers.every((name) => {
    const all = pages.filter(({ controller }) => controller === name);
    const others = all.filter(({ host }) => !victims.has(host));
    const ways = others.length > 0 ? others : all;
    return ways.length > 0 && ways.every(({ status }) => status === 200);
  });
}

function appsStand(view: View, { apps }: Baseline, now: readonly Now[]): boolean {
  if (apps.length === 0) return true;
  const last = lastOf(now, 'apps').at(-1)?.seen;
  if (last === undefined || last.error !== undefined) return false;
  const lost = apps.filter((task) => !last.tasks.includes(task));
  // Those that may be replaced are back when there are as many as before.
  return lost.every((task) => mayEnd(view, task)) && last.tasks.length >= apps.length;
}

/** Every server answers in its role, and the leader of ZooKeeper counts all its followers. */
export function allStand({ baseline }: View, now: readonly Now[]): boolean {
  if (baseline === undefined) return false;
  const { zookeeper, mesos, marathon } = baseline.members;
  const counts = lastOf(now, 'zookeeper-synced').map(({ seen }) => seen.synced ?? 0);
  const needed = zookeeper.length - 1;
  return (
    (needed < 1 || counts.some((count) => count >= needed)) &&
    zookeeper.every((host) => isUp(now, 'zookeeper', host)) &&
    mesos.every((host) => isUp(now, 'mesos', host)) &&
    marathon.every((host) => isUp(now, 'marathon', host))
  );
}

/** For everybody who sees it. */
function isUp(now: readonly Now[], probe: 'zookeeper' | 'mesos' | 'marathon', host: string) {
  const own = lastOf(now, probe).filter(({ seen }) => seen.host === host);
  return own.length > 0 && own.every(({ seen }) => serves(seen));
}

function serves(seen: Seen): boolean {
  switch (seen.probe) {
    case 'zookeeper':
      return seen.mode !== undefined && seen.mode !== 'looking';
    case 'mesos':
      return seen.status === 200 || seen.status === 307;
    case 'marathon':
      return seen.leader !== undefined;
    default:
      return false;
  }
}
