import { returnStages, type Emptying } from './around-agent.ts';
import { comingFrom, withoutHosts } from './narrow-plan.ts';
import type { AgentStep } from './agent-step.ts';
import type { PlanInput } from './observed.ts';
import { plan } from './plan.ts';
import type { Plan, Stage } from './step.ts';

export interface Adding {
  readonly hosts: readonly string[];
  /** What is written into the cluster file first. */
  readonly entries: readonly Extract<AgentStep, { readonly kind: 'enter-host' }>[];
  readonly emptying: Emptying;
  /** End with a task on each. */
  readonly trial: boolean;
}

/**
 * The hosts, and what others must know of them: rules between builds and control ports, gateways that
 * may have to lead there. What is due elsewhere anyhow is left for `init`.
 */
export function addAgents(input: PlanInput, adding: Adding): Plan {
  const { hosts, entries, emptying } = adding;
  // What others have to be refused for is not what is asked here.
  const calm = { ...emptying, stopControllers: true };
  const before = { ...input, spec: withoutHosts(input.spec, hosts) };
  const own = comingFrom(plan(input, calm).stages, plan(before, calm).stages);
  const changed = hosts.filter((name) => own.some((stage) => concerns(stage, name)));
  const out = hosts.filter((name) => !changed.includes(name) && isOut(input, name));
  const tried = [...changed, ...out];
  const stages = [
    ...entries.map((step): Stage => ({ kind: 'api', phase: 'hosts', step })),
    ...own,
    ...(out.length === 0 ? [] : returnStages(out)),
    ...(tried.length === 0 ? [] : proof(tried, adding.trial)),
  ];
  return { stages };
}

function concerns(stage: Stage, name: string): boolean {
  return stage.kind === 'hosts' && stage.work.some(({ host }) => host === name);
}

/** Whoever took it out: to add it says that it shall work. */
function isOut({ observed }: PlanInput, name: string): boolean {
  const state = observed.agents?.get(name)?.state;
  return state === 'deactivated' || state === 'draining' || state === 'drained';
}

function proof(hosts: readonly string[], trial: boolean): readonly Stage[] {
  return [
    { kind: 'gate', phase: 'services', gate: 'agents' },
    ...(trial
      ? [{ kind: 'api', phase: 'services', step: { kind: 'try-agents', hosts } } as const]
      : []),
  ];
}
