import { describe, type ApiStep, type Stage } from '../plan/step.ts';
import { fetchAgentSecrets } from './api-steps/agent-secrets.ts';
import { removeApp, submitApp } from './api-steps/apps.ts';
import type { Call } from './api-steps/call.ts';
import { claimEnsemble } from './api-steps/ensemble.ts';
import { setShares } from './api-steps/shares.ts';
import type { Change, Run } from './run.ts';

type ApiStage = Extract<Stage, { kind: 'api' }>;

export async function performCall(stage: ApiStage, run: Run, changes: Change[]): Promise<void> {
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
}

async function callOf(step: ApiStep, run: Run): Promise<Call> {
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
    case 'vacate-agent':
    case 'return-agent':
    case 'forget-agent':
    case 'try-agents':
      throw new Error(`no plan has ${step.kind} yet`);
  }
}
