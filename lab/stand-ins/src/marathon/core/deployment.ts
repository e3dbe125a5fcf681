import type { App } from '../app/app-schema.ts';

export type ActionName =
  'StartApplication' | 'ScaleApplication' | 'RestartApplication' | 'StopApplication';

export interface Action {
  readonly action: ActionName;
  readonly app: string;
}

/** A step begins when everything of those before it runs. */
export interface Deployment {
  readonly id: string;
  readonly version: string;
  readonly steps: readonly (readonly Action[])[];
  /** Counted from 1, as the API does. */
  readonly currentStep: number;
  /** The definitions before it, for a rollback; `null` where there was none. */
  readonly previous: Readonly<Record<string, App | null>>;
  /** For `group_change_success`. */
  readonly group?: string;
}

export function actionsOf({ steps }: Deployment): Action[] {
  return steps.flat();
}

export function currentActions({ steps, currentStep }: Deployment): readonly Action[] {
  return steps[currentStep - 1] ?? [];
}

/** Apps whose turn has not come: they keep what they have. */
export function heldApps(deployments: readonly Deployment[]): Set<string> {
  const later = deployments.flatMap(({ steps, currentStep }) => steps.slice(currentStep).flat());
  return new Set(later.map(({ app }) => app));
}
