import { patient, returnStages, vacatedPath, type Emptying } from './around-agent.ts';
import type { PlanInput } from './observed.ts';
import { withQuietDoors } from './quiet-doors.ts';
import type { Stage } from './step.ts';

/**
 * The stages with what dead runs did not give back: Mesos agents that were emptied by us and get no
 * work, and controllers that start no builds. Those that somebody else took out are left alone.
 */
export function withDebts(
  input: PlanInput,
  stages: readonly Stage[],
  emptying: Emptying = patient,
): readonly Stage[] {
  const all = [...stages, ...leftEmpty(input, stages)];
  const quiet = withQuietDoors(input, all, emptying);
  return [...quiet, ...leftPaused(input, quiet)];
}

function leftEmpty({ spec, observed }: PlanInput, stages: readonly Stage[]): readonly Stage[] {
  const returned = stages.flatMap((stage) =>
    stage.kind === 'api' && stage.step.kind === 'return-agent' ? [stage.step.host] : [],
  );
  const hosts = spec.hosts
    .filter(({ roles }) => roles.includes('mesos-agent'))
    .map(({ name }) => name)
    .filter((name) => observed.facts.get(name)?.texts.has(vacatedPath) === true)
    .filter((name) => !returned.includes(name));
  return hosts.length === 0 ? [] : returnStages(hosts);
}

function leftPaused({ observed }: PlanInput, stages: readonly Stage[]): readonly Stage[] {
  const resumed = stages.flatMap((stage) =>
    stage.kind === 'api' && stage.step.kind === 'resume-builds' ? stage.step.controllers : [],
  );
  const controllers = [...(observed.paused ?? [])].filter((name) => !resumed.includes(name));
  if (controllers.length === 0) return [];
  return [{ kind: 'api', phase: 'services', step: { kind: 'resume-builds', controllers } }];
}
