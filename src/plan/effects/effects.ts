import type { PlanInput } from '../observed.ts';
import type { Plan } from '../step.ts';
import { buildEffects, type BuildEffects, type RunningBuilds } from './builds.ts';
import { serviceEffects, type ServiceEffect } from './services.ts';
import { unknownsOf } from './unknowns.ts';

/** What a plan does to what runs, beyond the things that it changes. */
export interface Effects {
  readonly services: readonly ServiceEffect[];
  readonly builds: BuildEffects;
  /** What nobody can tell before it is done. */
  readonly knownAfterApply: readonly string[];
  /** What the plan itself says: what cannot be taken back by a rollback, for instance. */
  readonly notes: readonly string[];
}

export function effectsOf(plan: Plan, input: PlanInput, running: RunningBuilds): Effects {
  return {
    services: serviceEffects(plan, input),
    builds: buildEffects(plan, input, running),
    knownAfterApply: unknownsOf(plan, input),
    notes: plan.notes ?? [],
  };
}
