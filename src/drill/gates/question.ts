import type { Timings } from '../bounds/timings.ts';
import type { Draft, PlanOptions } from '../catalogue/drill.ts';
import type { DrillClass, GateResult } from '../drill-plan.ts';
import type { Scene } from '../scene/scene.ts';

/** What a gate looks at. */
export interface Question {
  readonly scene: Scene;
  readonly draft: Draft;
  readonly class: DrillClass;
  readonly options: PlanOptions;
  readonly timings: Timings;
}

/** Undefined where it does not concern the drill. */
export type DrillGate = (question: Question) => GateResult | undefined;

export function gate(name: string, holds: boolean | undefined, detail: string): GateResult {
  return { name, holds, detail };
}

export function victimHosts({ draft }: Question): readonly string[] {
  return [...new Set(draft.victims.map(({ host }) => host))];
}
