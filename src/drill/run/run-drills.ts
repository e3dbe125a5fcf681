import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { ClusterError, exitCodeOf } from '../../errors.ts';
import type { Ports } from '../../ports.ts';
import type { Report } from '../../run/events.ts';
import { newRunId } from '../../run/journal/run-id.ts';
import { recordFolder } from '../../run/journal/record-folder.ts';
import { lookAt } from '../../run/look.ts';
import type { Drill } from '../catalogue/drill.ts';
import { planDrill } from '../catalogue/plan-drill.ts';
import type { DrillPlan, Skipped } from '../drill-plan.ts';
import type { Verdict } from '../judgement.ts';
import type { DrillEnd } from '../record/drill-line.ts';
import { openRecord } from '../record/drill-record.ts';
import { lookAtScene } from '../scene/look-at-scene.ts';
import { exitCodeFor } from './exit-code.ts';
import { runOne, type Round } from './run-one.ts';

export interface DrillSettings {
  readonly allowBuildLoss: boolean;
  /** Bound on how long a fault may stay without us, in seconds. */
  readonly capS: number | undefined;
  /** Controller whose builds show that CI is back; the first one with build agents if undefined. */
  readonly controller: string | undefined;
}

export interface DrillOrder {
  readonly drills: readonly Drill[];
  readonly settings: DrillSettings;
  /** As the operator typed it. */
  readonly command: readonly string[];
  /** Asked once. Throws to refuse. */
  readonly confirm: (plans: readonly (DrillPlan | Skipped)[]) => Promise<void>;
}

export interface DrillWorld {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  readonly report: Report;
}

export interface DrillsRun {
  readonly id: string;
  readonly folder: string;
  readonly verdicts: readonly Verdict[];
  readonly exitCode: number;
}

/** What each drill would do here and now. */
export async function planAll(
  { spec, ports, report }: DrillWorld,
  drills: readonly Drill[],
  { allowBuildLoss }: Pick<DrillSettings, 'allowBuildLoss'>,
): Promise<{ readonly folder: string; readonly plans: readonly (DrillPlan | Skipped)[] }> {
  const look = await lookAt(spec, ports, report);
  const scene = await lookAtScene(look, ports);
  const folder = recordFolder(spec.name, look.input.clusterId);
  return { folder, plans: drills.map((drill) => planDrill(drill, scene, { allowBuildLoss })) };
}

/** One after another; after one that is not healed, or an interruption, none. */
export async function runDrills(world: DrillWorld, order: DrillOrder): Promise<DrillsRun> {
  const { ports, spec } = world;
  const { folder, plans } = await planAll(world, order.drills, order.settings);
  await order.confirm(plans);
  const id = newRunId(ports);
  const record = openRecord(ports, folder, id);
  const { owner, process, version } = ports.caller;
  const begin = { cluster: spec.name, command: [...order.command], notice: spec.notice };
  await record.begin({ ...begin, owner, process, version });
  const verdicts: Verdict[] = [];
  try {
    for (const drill of order.drills.flatMap(rounds)) {
      if (ports.signal.aborted || verdicts.includes('UNHEALED')) break;
      const isFirst = verdicts.length === 0;
      const round: Round = { drill, id: `${id.slice(-4)}-${verdicts.length + 1}`, record, isFirst };
      verdicts.push(await runOne(world, order, round));
    }
  } catch (error) {
    // Between two drills nothing is broken: the fault of the tool ends the run, and is on record.
    if (error instanceof ClusterError) await record.end(endOf(error)).catch(() => undefined);
    throw error;
  }
  const exitCode = exitCodeFor(verdicts, ports.signal);
  await record.end({ exitCode, code: undefined, message: undefined });
  return { id, folder, verdicts, exitCode };
}

function endOf(error: ClusterError): DrillEnd {
  return { exitCode: exitCodeOf(error), code: error.code, message: error.message };
}

function rounds(drill: Drill): readonly Drill[] {
  return Array.from({ length: drill.rounds ?? 1 }, () => drill);
}
