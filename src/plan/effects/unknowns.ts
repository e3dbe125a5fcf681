import { isIsolated } from '../../services/isolation.ts';
import type { PlanInput } from '../observed.ts';
import type { ApiStep, HostStep, Plan } from '../step.ts';

/** Values that come to be during the run only, in the order of the plan, each once. */
export function unknownsOf(plan: Plan, input: PlanInput): readonly string[] {
  const told = plan.stages.flatMap((stage) => {
    if (stage.kind === 'gate') return [];
    if (stage.kind === 'api') return ofCall(stage.step, input);
    return stage.work.flatMap(({ host, steps }) =>
      steps.flatMap((step) => ofStep(step, host, input)),
    );
  });
  return [...new Set([...told, ...ofMarathon(input)])];
}

/** At a port that has just been changed, for instance, nobody answers yet. */
function ofMarathon({ observed }: PlanInput): readonly string[] {
  const runs = [...observed.facts.values()].some(({ containers }) => containers.length > 0);
  if (observed.apps !== undefined || !runs) return [];
  return ['apps in Marathon, which does not answer: those to remove show in the next plan'];
}

function ofCall(step: ApiStep, { observed }: PlanInput): readonly string[] {
  if (step.kind === 'fetch-agent-secrets') {
    const { controller, nodes } = step;
    const agents = nodes.length === 1 ? 'one build agent' : `${nodes.length} build agents`;
    return [`secrets of ${agents} of ${controller}: Jenkins makes them`];
  }
  if (step.kind === 'set-shares' && observed.shares === undefined) {
    return ['present weights and limits: no leading Mesos master tells them'];
  }
  return [];
}

function ofStep(step: HostStep, host: string, { spec, observed }: PlanInput): readonly string[] {
  if (step.kind === 'pull-image' && !step.image.includes('@sha256:')) {
    return [`digest of ${step.image}`];
  }
  const isFenced = spec.hosts.some((one) => one.name === host && isIsolated(one));
  if (
    step.kind === 'install-docker' &&
    isFenced &&
    observed.facts.get(host)?.bridge === undefined
  ) {
    return [`bridge of Docker on ${host}: docker0 is assumed until it runs`];
  }
  return [];
}
