import type { Emptying } from './around-agent.ts';
import type { ApiStep, Stage } from './step.ts';

export interface ControllerChange {
  readonly controller: string;
  readonly change: readonly ApiStep[];
  /** Before it, and after it. */
  readonly before?: readonly ApiStep[];
}

/**
 * Controllers one after the other. A build ends with its controller, so each starts none any more and
 * those that run end first; the queue is kept in the home.
 */
export function controllerStages(
  changes: readonly ControllerChange[],
  { timeoutMs, killBuilds }: Emptying,
): readonly Stage[] {
  return changes.flatMap(({ controller, change, before = [] }) => {
    const controllers = [controller];
    const pause = { kind: 'pause-builds', controllers, timeoutMs } as const;
    const resume = { kind: 'resume-builds', controllers } as const;
    return [
      ...before.map(call),
      ...(killBuilds ? [] : [call(pause)]),
      ...change.map(call),
      // Until Marathon is done the old one may still be the one that answers.
      { kind: 'gate', phase: 'services', gate: 'deployments' } as const,
      { kind: 'gate', phase: 'services', gate: 'jenkins' } as const,
      ...(killBuilds ? [] : [call(resume)]),
      { kind: 'gate', phase: 'services', gate: 'build-agents' } as const,
    ];
  });
}

function call(step: ApiStep): Stage {
  return { kind: 'api', phase: 'services', step };
}
