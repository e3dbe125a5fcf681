import type { DrillHistory } from '../drill/record/drill-history.ts';
import type { JudgedDrill, JudgedRun } from '../drill/record/judged.ts';
import { withNulls } from './documents.ts';

/** A run of drills in JSON; null stands for what is not known. */
export function drillRunDocument(run: JudgedRun): Readonly<Record<string, unknown>> {
  const { id, began, ended, owner, command, version, skipped } = run;
  return {
    ...{ run: id, began, ended: ended ?? null, owner, typed: command, version },
    drills: run.drills.map(drillDocument),
    skipped,
  };
}

/** One drill with all that was judged; samples stay in the record, for there are tens of thousands. */
export function drillDocument(drill: JudgedDrill): unknown {
  const { began, recording, judgement, phases, armed, intents, diedIn } = drill;
  const { plan, samples, ...seen } = recording;
  return withNulls({
    ...{ id: plan.id, name: plan.name, began },
    ...{ verdict: judgement.verdict, reason: judgement.reason, diedIn },
    timeline: judgement.timeline.map((moment) => ({
      ...moment,
      afterFaultMs: afterFault(moment.at, recording.injectedAt),
    })),
    ...{ bounds: judgement.bounds, invariants: judgement.invariants },
    ...{ coverage: judgement.coverage, samples: samples.length },
    ...{ plan, phases, armed, intents, ...seen },
  });
}

function afterFault(at: number | undefined, from: number | undefined): number | undefined {
  return at === undefined || from === undefined ? undefined : at - from;
}

export function historyDocument(
  histories: readonly DrillHistory[],
): Readonly<Record<string, unknown>> {
  return { drills: withNulls(histories) };
}
