import type { Stage } from '../plan/step.ts';
import { carryOut, newRecord, type Engine, type Order } from './engine.ts';
import { schemaVersion } from './events.ts';
import type { PastRun } from './journal/history.ts';
import { settlingOf } from './owed.ts';

/** Gives back what a run took away for its time and did not live to give back, as a run of its own. */
export async function giveBack(engine: Engine, run: PastRun): Promise<void> {
  const { spec, report } = engine;
  const stages: Stage[] = [];
  const settled: string[] = [];
  for (const id of run.owed) {
    const stage = settlingOf(id, spec);
    if (stage === undefined) {
      const text = `run ${run.id} did not come to "${id}", and the cluster file has no such host now`;
      report({ kind: 'note', text });
      continue;
    }
    stages.push(stage);
    settled.push(id);
  }
  if (stages.length === 0) return;
  await carryOut(engine, orderFor(run, stages), newRecord());
  await settle(engine, run, settled);
}

function orderFor({ id }: PastRun, stages: readonly Stage[]): Order {
  return {
    command: ['resume', id],
    plan: () => ({ stages }),
    // It was agreed to when it was taken away: for the time of the run.
    confirm: () => Promise.resolve(),
    skipUnreachable: true,
    settles: false,
    // What the run left half done may well speak against a plan of changes.
    ignores: () => true,
  };
}

async function settle(
  { ports }: Engine,
  { record, id }: PastRun,
  names: readonly string[],
): Promise<void> {
  const at = ports.clock.date();
  const lines = names.map((name) => ({ event: 'settled', id: name }) as const);
  await ports.journal.append(
    record,
    lines.map((line) => JSON.stringify({ schemaVersion, at, run: id, ...line })),
  );
}
