import { ClusterError } from '../errors.ts';
import type { Plan, Stage } from '../plan/step.ts';
import { phases } from '../services/service.ts';
import { performCall } from './api-steps.ts';
import { performOnHosts } from './host-steps.ts';
import { passGate } from './pass-gate.ts';
import { obligationsOf } from './owed.ts';
import { sessionOf, type Change, type Run } from './run.ts';
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
    for (const stage of stages) {
      if (run.ports.signal.aborted) throw stopped();
      await performStage(stage, run, changes);
    }
  }
}

function stopped(): ClusterError {
  return new ClusterError('INTERRUPTED', 'stopped between two stages', {
    remedy: 'Run the same command again: it goes on where it stopped.',
  });
}

async function performStage(stage: Stage, run: Run, changes: Change[]): Promise<void> {
  switch (stage.kind) {
    case 'hosts':
      await performOnHosts(stage, run, changes);
      return;
    case 'api':
      await performOneCall(stage, run, changes);
      return;
    case 'gate':
      await passGate(stage, run, changes);
  }
}

/** A call cannot be fenced as a script on a host is: every host is asked whether it still is locked. */
async function performOneCall(
  stage: Extract<Stage, { kind: 'api' }>,
  run: Run,
  changes: Change[],
): Promise<void> {
  const { phase, step } = stage;
  if (step.kind === 'fetch-agent-secrets') {
    await performCall(stage, run, changes);
    return;
  }
  const { locks, ledger } = sessionOf(run);
  const before = changes.length;
  await locks.check();
  // A run that dies in the middle of the step owes it, too.
  await ledger.owes([...run.undo.keys(), ...obligationsOf(step)]);
  await ledger.intendCall(phase, step);
  ledger.callResult(step, 'started');
  try {
    await performCall(stage, run, changes);
    ledger.callResult(step, changes.length > before ? 'changed' : 'unchanged');
  } catch (error) {
    const code = error instanceof ClusterError ? error.code : undefined;
    if (code !== 'RESULT_UNKNOWN')
      ledger.callResult(step, code === 'INTERRUPTED' ? 'stopped' : 'failed');
    throw error;
  }
  await ledger.owes(run.undo.keys());
}
