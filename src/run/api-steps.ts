import { isAgentStep } from '../plan/agent-step.ts';
import { describe, type ApiStep, type Stage } from '../plan/step.ts';
import { agentCall } from './api-steps/agents/agent-call.ts';
import { fetchAgentSecrets } from './api-steps/agent-secrets.ts';
import { removeApp, submitApp } from './api-steps/apps.ts';
import type { Call } from './api-steps/call.ts';
import { claimEnsemble } from './api-steps/ensemble.ts';
import { restartApp, writeImage } from './api-steps/rollout.ts';
import { setShares } from './api-steps/shares.ts';
import type { Change, Run } from './run.ts';

type ApiStage = Extract<Stage, { kind: 'api' }>;

/** Whether it changed something. */
export async function performCall(stage: ApiStage, run: Run, changes: Change[]): Promise<boolean> {
  const told = describe(stage.step);
  const { host, call } = await callOf(stage.step, run);
  run.report({ kind: 'step', host: host.name, step: told, result: 'started' });
  const changed = await call();
  run.report({
    kind: 'step',
    host: host.name,
    step: told,
    result: changed ? 'changed' : 'unchanged',
  });
  if (changed) changes.push({ phase: stage.phase, host: host.name, step: told });
  return changed;
}

async function callOf(step: ApiStep, run: Run): Promise<Call> {
  if (isAgentStep(step)) return await agentCall(run, step);
  switch (step.kind) {
    case 'claim-ensemble':
      return claimEnsemble(run, step.identity);
    case 'put-app':
      return await submitApp(run, step);
    case 'remove-app':
      return await removeApp(run, step.id);
    case 'set-shares':
      return await setShares(run, step.shares);
    case 'fetch-agent-secrets':
      return fetchAgentSecrets(run, step);
    case 'set-image':
      return writeImage(run, step);
    case 'restart-app':
      return await restartApp(run, step.id);
  }
}
