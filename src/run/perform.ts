import { ClusterError } from '../errors.ts';
import type { Plan, Stage } from '../plan/step.ts';
import { phases } from '../services/service.ts';
import { performOnHosts } from './host-steps.ts';
import { passGate } from './pass-gate.ts';
import { grouped, isCall, performCalls } from './perform-calls.ts';
import type { Change, Run } from './run.ts';
import { tellFailures } from './tolerated.ts';
import { undoAll } from './undo.ts';

/**
 * Runs the stages in order and stops at the first that fails; what was done before stays done, and
 * the same command goes on from there. Returns what was changed, also for the JSON result.
 */
export async function perform(
  plan: Plan,
  given: Omit<Run, 'agentSecrets' | 'undo' | 'failures'>,
  changes: Change[],
): Promise<void> {
  const own = { agentSecrets: new Map(), undo: new Map(), failures: new Map() };
  const run: Run = { ...given, ...own };
  try {
    await performStages(plan, run, changes);
    tellFailures(run);
  } finally {
    const kept = await undoAll(run);
    // Without a disk the debt stays in the record, where it cannot do harm.
    await run.session?.ledger.owes(kept).catch(() => undefined);
  }
}

async function performStages(plan: Plan, run: Run, changes: Change[]): Promise<void> {
  for (const [index, phase] of (plan.phases ?? phases).entries()) {
    const stages = plan.stages.filter((stage) => stage.phase === phase);
    run.report({ kind: 'phase', phase, number: index + 1, idle: stages.length === 0 });
    for (const group of grouped(stages)) {
      if (run.ports.signal.aborted) throw stopped();
      await performGroup(group, run, changes);
    }
  }
}

function stopped(): ClusterError {
  return new ClusterError('INTERRUPTED', 'stopped between two stages', {
    remedy: 'Run the same command again: it goes on where it stopped.',
  });
}

async function performGroup(
  group: readonly [Stage, ...Stage[]],
  run: Run,
  changes: Change[],
): Promise<void> {
  const [stage] = group;
  switch (stage.kind) {
    case 'hosts':
      await performOnHosts(stage, run, changes);
      return;
    case 'api':
      await performCalls(group.filter(isCall), run, changes);
      return;
    case 'gate':
      await passGate(stage, run, changes);
  }
}
