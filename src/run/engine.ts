import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { ClusterError } from '../errors.ts';
import type { Health } from '../health/model.ts';
import type { Sight } from '../health/sight.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import type { Ports } from '../ports.ts';
import type { Report } from './events.ts';
import { lookAt, type Look } from './look.ts';
import type { LeftStep } from './ledger.ts';
import { makeChanges } from './make-changes.ts';
import { narrowed } from './only-failed.ts';
import { perform } from './perform.ts';
import { refuse } from './refuse.ts';
import type { Change } from './run.ts';
import { conclude, lookAgain, settle } from './settle.ts';

/** A change of the cluster, as a command wants it: everything that changes hosts goes this way. */
export interface Order {
  /** The command line as typed, without the program: for the journal, and to type again. */
  readonly command: readonly string[];
  /**
   * From what was seen to what is to be done, after nothing spoke against it in general. Throws a
   * refusal of its own (exit 8).
   */
  readonly plan: (look: Look) => Plan | Promise<Plan>;
  /** Asked once, with the plan, if it holds changes. Throws to refuse. */
  readonly confirm: (plan: Plan, look: Look) => Promise<void>;
  /** Go on without hosts that do not answer, as far as no quorum needs them. */
  readonly skipUnreachable: boolean;
  /** False where the stack is not meant to be healthy afterwards. */
  readonly settles: boolean;
  /** Faults of the preflight that this change is allowed to ignore: a teardown ignores all. */
  readonly ignores?: (fault: ClusterError) => boolean;
  /** Steps on the hosts that failed in the last run of this cluster, and nothing else. */
  readonly onlyFailed?: boolean | undefined;
  /** Id for a cluster that has none yet, where a saved plan names it. */
  readonly newId?: string | undefined;
}

export interface RunSummary {
  readonly id: string;
  /** Steps of the plan that did not come to a good end. */
  readonly left: readonly LeftStep[];
}

/** Filled as the run goes, so that a failed run can tell what it did. */
export interface ChangeRecord {
  readonly changes: Change[];
  health: Health | undefined;
  /** Of a run that began to change something. */
  run?: RunSummary | undefined;
}

export function newRecord(): ChangeRecord {
  return { changes: [], health: undefined };
}

export interface Engine {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  readonly report: Report;
}

/**
 * Looks, plans, asks, locks, changes, and looks again. Returns what it saw the stack through. A plan
 * without changes asks nobody, locks nothing and records nothing.
 */
export async function carryOut(engine: Engine, order: Order, record: ChangeRecord): Promise<Sight> {
  const { ports, report, spec } = engine;
  const { newId = ports.randomId() } = order;
  const look = await lookAt(spec, { ...ports, randomId: () => newId }, report);
  refuse(look, order);
  const plan = await planFor(engine, order, look);
  const changes = countChanges(plan);
  report({ kind: 'planned', changes });
  if (changes === 0) {
    const { input, sight } = look;
    const run = { ...engine, spec: input.spec, remotes: sight.remotes, sight };
    await perform(plan, run, record.changes);
    if (order.settles) await settled(engine, look, record);
    return look.sight;
  }
  await order.confirm(plan, look);
  const finish = async (now: Look) => {
    if (order.settles) await settled(engine, await lookAgain(engine, now), record);
  };
  await makeChanges(engine, { look, plan, order, finish }, record);
  return look.sight;
}

export async function planFor(engine: Engine, order: Order, look: Look): Promise<Plan> {
  const plan = await order.plan(look);
  return order.onlyFailed === true ? await narrowed(plan, engine) : plan;
}

async function settled(engine: Engine, look: Look, record: ChangeRecord): Promise<void> {
  record.health = await settle(engine, look);
  conclude(record.health, look.missing);
}
