import type { Invariant } from '../judgement.ts';
import { mayEnd, mustStay } from './ids.ts';
import { samplesBy, untilOf, type SeenBy, type View } from './view.ts';

const unseen = 'no leading master told its state after the fault was healed';

/** The last that a leading master told: just after its election it knows of no agents and tasks yet. */
function lastState(view: View): SeenBy<'mesos-state'> | undefined {
  const since = Math.max(view.injectedAt ?? Infinity, view.healedAt ?? Infinity);
  return samplesBy(view, 'mesos-state').findLast(
    (sample) => sample.seen.error === undefined && untilOf(sample) >= since,
  )?.seen;
}

export function agentsKept(view: View): Invariant {
  const name = 'the same Mesos agents by id';
  const state = lastState(view);
  if (view.baseline === undefined || state === undefined)
    return { name, holds: undefined, detail: unseen };
  const lost = mustStay(view).filter((id) => !state.agents.includes(id));
  const told = lost.map((id) => `${id} of ${view.baseline?.agents[id] ?? '?'}`);
  if (lost.length > 0) return { name, holds: false, detail: `gone: ${told.join(', ')}` };
  const known = Object.keys(view.baseline.agents);
  const allowed = known.filter((id) => !state.agents.includes(id)).length;
  const detail = `${known.length - allowed} of ${known.length}${allowed > 0 ? '; the rest may be lost' : ''}`;
  return { name, holds: true, detail };
}

export function frameworksKept(view: View): Invariant {
  const name = 'the same frameworks by id';
  const state = lastState(view);
  const { baseline, injectedAt } = view;
  if (baseline === undefined || state === undefined)
    return { name, holds: undefined, detail: unseen };
  const gone = Object.entries(baseline.frameworks).filter(
    ([, id]) => !state.frameworks.includes(id),
  );
  const own = baseline.frameworks['marathon'];
  const other = samplesBy(view, 'marathon').find(
    ({ at, seen }) =>
      at >= (injectedAt ?? Infinity) && seen.frameworkId !== undefined && seen.frameworkId !== own,
  );
  const faults = [
    ...gone.map(([who, id]) => `${who} is not registered as ${id} any more`),
    ...(own !== undefined && other !== undefined
      ? [`Marathon is ${other.seen.frameworkId ?? ''} instead of ${own}`]
      : []),
  ];
  const detail =
    faults.length > 0 ? faults.join('; ') : `${Object.keys(baseline.frameworks).length}`;
  return { name, holds: faults.length === 0, detail };
}

export function tasksKept(view: View): Invariant {
  const name = 'no task lost';
  const state = lastState(view);
  const { baseline } = view;
  if (baseline === undefined || state === undefined)
    return { name, holds: undefined, detail: unseen };
  const gone = baseline.tasks.filter((task) => !state.tasks.includes(task));
  const lost = gone.filter((task) => !mayEnd(view, task));
  if (lost.length > 0) return { name, holds: false, detail: `lost: ${lost.join(', ')}` };
  const kept = `${baseline.tasks.length - gone.length} of ${baseline.tasks.length}`;
  return { name, holds: true, detail: gone.length > 0 ? `${kept}; the rest may end` : kept };
}
