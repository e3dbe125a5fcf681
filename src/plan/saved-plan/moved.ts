import { ClusterError } from '../../errors.ts';
import type { SavedPlan } from './saved-plan.ts';

/** Refuses with PLAN_OUTDATED, naming what is otherwise than it was when the plan was made. */
export function refuseIfMoved(saved: SavedPlan, now: SavedPlan): void {
  const moved = [...movedAround(saved, now), ...movedFacts(saved, now)];
  const isSame = saved.planFingerprint === now.planFingerprint;
  if (moved.length === 0 && isSame) return;
  const reasons =
    moved.length === 0 ? ['the plan itself: a secret or a file that it writes'] : moved;
  const shown = reasons.slice(0, mostShown);
  const more = reasons.length - shown.length;
  throw new ClusterError(
    'PLAN_OUTDATED',
    `the saved plan does not fit any more: ${reasons.length} things have moved since ${saved.madeAt}`,
    {
      evidence: [...shown, ...(more === 0 ? [] : [`and ${more} more`])],
      remedy: 'Look at what would be done now: ci-cluster plan --out FILE. Nothing was changed.',
    },
  );
}

const mostShown = 20;

/** What is no fact of a host. */
function movedAround(saved: SavedPlan, now: SavedPlan): readonly string[] {
  return [
    ...changed('cluster', saved.cluster, now.cluster),
    ...changed('id of the cluster', saved.clusterId, now.clusterId),
    ...changed('ci-cluster', saved.version, now.version),
    ...(saved.clusterFile.sha256 === now.clusterFile.sha256
      ? []
      : [`${now.clusterFile.path}: edited since`]),
  ];
}

function movedFacts(saved: SavedPlan, now: SavedPlan): readonly string[] {
  const before = new Map(saved.facts);
  const after = new Map(now.facts);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((what) => {
    const [old, fresh] = [before.get(what), after.get(what)];
    if (old === fresh) return [];
    if (old === undefined) return [`${what}: is there now`];
    if (fresh === undefined) return [`${what}: is gone`];
    return changed(what, old, fresh);
  });
}

/** The parts of a value that differ; of a digest only that it does. */
function changed(what: string, before: string, after: string): readonly string[] {
  if (before === after) return [];
  const [old, fresh] = [before.split(', '), after.split(', ')];
  const gone = old.filter((part) => !fresh.includes(part)).filter(isReadable);
  const come = fresh.filter((part) => !old.includes(part)).filter(isReadable);
  if (gone.length === 0 && come.length === 0) return [`${what}: has changed`];
  return [`${what}: ${gone.join(', ') || 'as before'} → ${come.join(', ') || 'as before'}`];
}

function isReadable(part: string): boolean {
  return part !== '' && !/^[0-9a-f]{32,}$/.test(part);
}
