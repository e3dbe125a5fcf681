import type { PlanView } from './plan-text.ts';

/** A plan for programs: the same in the same order, nothing folded. */
export function planDocument(view: PlanView): Readonly<Record<string, unknown>> {
  const { summary, groups, effects, duration, fingerprint } = view;
  return { fingerprint, summary, groups, effects, duration };
}
