import { ClusterError } from '../errors.ts';
import type { Stage } from '../plan/step.ts';
import { performCall } from './api-steps.ts';
import { obligationsOf } from './owed.ts';
import { sessionOf, type Change, type Run } from './run.ts';

export type CallStage = Extract<Stage, { kind: 'api' }>;

export function isCall(stage: Stage): stage is CallStage {
  return stage.kind === 'api';
}

/** Stages as they are performed: hosts of a batch that are emptied wait for their builds together. */
export function grouped(stages: readonly Stage[]): readonly [Stage, ...Stage[]][] {
  const groups: [Stage, ...Stage[]][] = [];
  for (const stage of stages) {
    const last = groups.at(-1);
    if (last !== undefined && empties(stage) && empties(last[0])) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

function empties(stage: Stage): boolean {
  return isCall(stage) && stage.step.kind === 'vacate-agent';
}

/**
 * A call cannot be fenced as a script on a host is: every host is asked whether it still is locked. Of
 * several at once the first fault stops the others at their next step.
 */
export async function performCalls(
  calls: readonly CallStage[],
  run: Run,
  changes: Change[],
): Promise<void> {
  if (calls.every(({ step }) => step.kind === 'fetch-agent-secrets')) {
    for (const call of calls) await performCall(call, run, changes);
    return;
  }
  const { locks, ledger } = sessionOf(run);
  await locks.check();
  // A run that dies in the middle of a step owes it, too.
  const owed = calls.flatMap(({ step }) => obligationsOf(step));
  await ledger.owes([...run.undo.keys(), ...owed]);
  for (const { phase, step } of calls) await ledger.intendCall(phase, step);
  await together(calls, run, (call, its) => performNoted(call, its, changes));
  await ledger.owes(run.undo.keys());
}

async function together(
  calls: readonly CallStage[],
  run: Run,
  work: (call: CallStage, run: Run) => Promise<void>,
): Promise<void> {
  const failing = new AbortController();
  const faults: unknown[] = [];
  const signal = AbortSignal.any([run.ports.signal, failing.signal]);
  const its = { ...run, ports: { ...run.ports, signal } };
  const one = async (call: CallStage) => {
    await work(call, its).catch((fault: unknown) => {
      faults.push(fault);
      failing.abort();
    });
  };
  await Promise.all(calls.map(one));
  if (faults.length > 0) throw faults[0];
}

async function performNoted(call: CallStage, run: Run, changes: Change[]): Promise<void> {
  const { ledger } = sessionOf(run);
  const { step } = call;
  ledger.callResult(step, 'started');
  try {
    const changed = await performCall(call, run, changes);
    ledger.callResult(step, changed ? 'changed' : 'unchanged');
  } catch (error) {
    const code = error instanceof ClusterError ? error.code : undefined;
    if (code !== 'RESULT_UNKNOWN')
      ledger.callResult(step, code === 'INTERRUPTED' ? 'stopped' : 'failed');
    throw error;
  }
}
