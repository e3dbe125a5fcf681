import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import type { Sight } from '../health/sight.ts';
import type { Plan, Stage } from '../plan/step.ts';
import type { Ports, RemoteHost } from '../ports.ts';
import { phases, type Phase } from '../services/service.ts';
import { performCall } from './api-steps.ts';
import { awaitGate } from './await-gate.ts';
import type { Report } from './events.ts';
import { performOnHosts } from './host-steps.ts';

/** What the stages work with. */
export interface Run {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  readonly report: Report;
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly sight: Sight;
}

/** One step that changed something. */
export interface Change {
  readonly phase: Phase;
  readonly host: string;
  readonly step: string;
}

/**
 * Runs the stages in order and stops at the first that fails; what was done before stays done, and
 * the same command goes on from there. Returns what was changed, also for the JSON result.
 */
export async function perform(plan: Plan, run: Run, changes: Change[]): Promise<void> {
  for (const [index, phase] of phases.entries()) {
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
      await performCall(stage, run, changes);
      return;
    case 'gate':
      await awaitGate(stage, run);
  }
}
