import { describe, type Plan, type Stage } from '../plan/step.ts';

/** The plan as the operator reads it before confirming: a block per phase, hosts in step together. */
export function planLines(plan: Plan): string[] {
  return plan.stages.flatMap(stageLines);
}

function stageLines(stage: Stage): string[] {
  switch (stage.kind) {
    case 'gate':
      return [];
    case 'api':
      return [`  ${stage.phase}: ${describe(stage.step)}`];
    case 'hosts': {
      const byStep = new Map<string, string[]>();
      for (const { host, steps } of stage.work) {
        for (const step of steps) {
          const text = describe(step);
          byStep.set(text, [...(byStep.get(text) ?? []), host]);
        }
      }
      return [...byStep].map(([text, hosts]) => `  ${stage.phase}: ${text} (${hosts.join(', ')})`);
    }
  }
}
