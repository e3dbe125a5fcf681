import { gateRules } from '../health/gates.ts';
import { durationOf } from '../plan/duration.ts';
import { nothingRead, planChanges } from '../plan/diff/plan-changes.ts';
import { noBuilds, touchesBuilds } from '../plan/effects/builds.ts';
import { effectsOf } from '../plan/effects/effects.ts';
import { planFingerprint, sealedPlan } from '../plan/saved-plan/plan-fingerprint.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import type { Ports } from '../ports.ts';
import { planSummary } from '../report/plan-summary.ts';
import type { PlanView } from '../report/plan-text.ts';
import { readDetails } from '../run/details/details.ts';
import { readRunningBuilds } from '../run/details/running-builds.ts';
import type { Look } from '../run/look.ts';
import { settleMs } from '../run/settle.ts';

export interface TimedLook extends Look {
  readonly tookMs: number;
}

/** What the plan replaces is read, and builds are asked for, only where something changes. */
export async function planView(look: TimedLook, plan: Plan, ports: Ports): Promise<PlanView> {
  const { clock } = ports;
  const begin = clock.now();
  const details = await readDetails(look, plan, ports);
  const measuredMs = details.hosts.size === 0 ? look.tookMs : clock.now() - begin;
  const groups = planChanges(plan, look.input, details);
  const effects = await readEffects(look, plan);
  const bounds = { gateMs: gateBound, settleMs, measuredMs };
  return {
    summary: planSummary(countChanges(plan), groups, effects),
    ...{ groups, effects },
    duration: durationOf(plan, bounds),
    fingerprint: fingerprintOfPlan(look, plan, ports),
  };
}

/** What can be told without another command on the hosts. */
export async function shortPlanView(
  look: Look,
  plan: Plan,
): Promise<Pick<PlanView, 'summary' | 'groups' | 'effects'>> {
  const groups = planChanges(plan, look.input, nothingRead);
  const effects = await readEffects(look, plan);
  return { summary: planSummary(countChanges(plan), groups, effects), groups, effects };
}

export function fingerprintOfPlan({ input }: Look, plan: Plan, { digestOf }: Ports): string {
  return planFingerprint(sealedPlan(plan, { digestOf, clusterId: input.clusterId }));
}

async function readEffects({ input, sight }: Look, plan: Plan) {
  const running = touchesBuilds(plan, input) ? await readRunningBuilds(sight) : noBuilds;
  return effectsOf(plan, input, running);
}

function gateBound(gate: keyof typeof gateRules): number {
  return gateRules[gate].deadlineMs;
}
