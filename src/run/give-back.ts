import type { Plan } from '../plan/step.ts';
import { carryOut, newRecord, type Engine } from './engine.ts';
import { schemaVersion } from './events.ts';
import type { PastRun } from './journal/history.ts';
import { hostToReturn } from './owed.ts';

/** Gives back what a run took away for its time and did not live to give back, as a run of its own. */
export async function giveBack(engine: Engine, run: PastRun): Promise<void> {
  const { spec, report } = engine;
  const known = new Set(spec.hosts.map(({ name }) => name));
  const hosts = run.owed.flatMap((id) => hostToReturn(id) ?? []).filter((name) => known.has(name));
  const settled = run.owed.filter((id) => hosts.includes(hostToReturn(id) ?? ''));
  for (const id of run.owed.filter((id) => !settled.includes(id)))
    report({ kind: 'note', text: `${id} is owed by run ${run.id}, but its host is gone` });
  if (hosts.length === 0) return;
  await carryOut(engine, orderFor(run, hosts), newRecord());
  await settle(engine, run, settled);
}

function orderFor({ id }: PastRun, hosts: readonly string[]) {
  const stages = hosts.map((host) => ({
    ...{ kind: 'api', phase: 'agents', step: { kind: 'return-agent', host } },
  })) as Plan['stages'];
  return {
    command: ['resume', id],
    plan: () => ({ stages }),
    // It was agreed to when it was taken away: for the time of the run.
    confirm: () => Promise.resolve(),
    skipUnreachable: true,
    settles: false,
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
