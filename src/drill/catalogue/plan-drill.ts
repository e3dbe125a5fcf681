import { boundsOf } from '../bounds/bounds-of.ts';
import { stepDownMs } from '../bounds/terms.ts';
import { timingsOf, type Timings } from '../bounds/timings.ts';
import type { Bound } from '../bound.ts';
import type { DrillPlan, Expectation, Skipped } from '../drill-plan.ts';
import type { Attack } from '../fault.ts';
import { gateResults } from '../gates/gates.ts';
import type { Scene } from '../scene/scene.ts';
import { draft as emptyDraft } from './draft.ts';
import type { Draft, Drill, PlanOptions } from './drill.ts';
import { whyNot } from './why-not.ts';
import { wordsFor } from './words.ts';

/** What would be done here and now, with every number that decides; nothing is asked any more. */
export function planDrill(
  drill: Drill,
  scene: Scene,
  options: PlanOptions = {},
): DrillPlan | Skipped {
  const named = { id: drill.id, name: drill.name, title: drill.title, class: drill.class };
  const drafted = drill.draft(scene, options);
  switch (drafted.kind) {
    case 'skip':
      return { ...named, reason: drafted.reason };
    case 'unaimed':
      return withoutVictim(assembled({ drill, scene, options }, nothing), drafted.reason);
    case 'instead': {
      const title = `${drill.title}: ${drafted.drill.title}`;
      return planDrill({ ...drafted.drill, ...named, title }, scene, options);
    }
    case 'draft': {
      const reason = whyNot(scene, drafted);
      if (reason !== '') return { ...named, reason };
      return assembled({ drill, scene, options }, drafted);
    }
  }
}

export function isSkipped(plan: DrillPlan | Skipped): plan is Skipped {
  return 'reason' in plan;
}

/** Gates that do not hold; those that nobody could tell are among them. */
export function refusals({ gates }: DrillPlan): DrillPlan['gates'] {
  return gates.filter(({ holds }) => holds !== true);
}

const nothing = emptyDraft({
  victims: [],
  attack: { kind: 'hosts', strikes: [], holdMs: 0 },
});

function withoutVictim(plan: DrillPlan, detail: string): DrillPlan {
  const gate = { name: 'somebody is there to be hit', holds: undefined, detail };
  return { ...plan, bounds: [], does: [], gates: [gate, ...plan.gates] };
}

interface Planning {
  readonly drill: Drill;
  readonly scene: Scene;
  readonly options: PlanOptions;
}

function assembled({ drill, scene, options }: Planning, draft: Draft): DrillPlan {
  const timings = timingsOf(scene);
  const bounds = boundsOf(timings, draft.blow, options.canaryMs);
  const attack = withHold(draft.attack, bounds);
  const { does, undoes } = wordsFor(attack);
  const question = { scene, draft, class: drill.class, options, timings };
  return {
    ...{ id: drill.id, name: drill.name, title: drill.title, class: drill.class },
    ...{ victims: draft.victims, attack, bounds },
    expects: expectation(scene, draft, timings),
    gates: gateResults(question),
    does: [...does, ...draft.notes],
    undoes,
    observeMs: observeMs(attack, bounds),
  };
}

/** What waits for the recovery waits as long as anything may take. */
function withHold(attack: Attack, bounds: readonly Bound[]): Attack {
  if (attack.kind !== 'hosts' || attack.until !== 'recovered') return attack;
  return { ...attack, holdMs: longest(bounds, 'injected') };
}

function longest(bounds: readonly Bound[], from: Bound['from']): number {
  return Math.max(0, ...bounds.filter((one) => one.from === from).map(({ hardMs }) => hardMs));
}

/** Until the last probe has had its time, and a little. */
const reserveMs = 10_000;

function observeMs(attack: Attack, bounds: readonly Bound[]): number {
  const held = heldMs(attack) + longest(bounds, 'healed');
  return Math.max(longest(bounds, 'injected'), held) + reserveMs;
}

function heldMs(attack: Attack): number {
  switch (attack.kind) {
    case 'hosts':
      return attack.holdMs;
    case 'in-turn':
      return (attack.holdMs ?? 0) * attack.strikes.length;
    case 'call':
      return 0;
  }
}

function expectation(scene: Scene, draft: Draft, timings: Timings): Expectation {
  const { hits, may } = draft.blow;
  return {
    ...{ mustChange: hits, mayChange: may, mayStop: false },
    ...{ mayLoseAgents: [], mayLoseTasksOn: [], mayLoseBuild: undefined },
    mayLoseTasksOf: scene.spec.jenkins.map(({ framework }) => framework.id),
    overlapMs: overlapMs(draft, timings),
    ...draft.expects,
  };
}

/** Whoever was killed claims nothing; this is for answers that were on their way. */
const tolerableMs = 1000;

/**
 * One that is silent learns of its end by its own clock: a Mesos master T + 2T/3 after the fault at the
 * latest, when the next one may have led since T − T/3; ZooKeeper's leader when it counts its
 * followers.
 */
function overlapMs({ blow }: Draft, timings: Timings): number {
  const { mesosSession, marathonSession } = timings;
  const concerned = [...blow.hits, ...blow.may];
  if (blow.marathon === 'abdicates') return marathonSession.value * 1000;
  if (blow.way === 'told' || concerned.length === 0) return tolerableMs;
  return Math.max(
    tolerableMs,
    concerned.includes('mesos') ? mesosSession.value * 1000 : 0,
    concerned.includes('marathon') ? marathonSession.value * 1000 : 0,
    concerned.includes('zookeeper') ? stepDownMs(timings) : 0,
  );
}
