import { appId } from '../services/jenkins.ts';
import type { Emptying } from './around-agent.ts';
import type { PlanInput } from './observed.ts';
import type { HostWork, Stage } from './step.ts';

/** Containers through which build agents are connected to their controllers. */
const doors = ['ci-gateway', 'ci-keepalived'];

/**
 * Build agents come in through the gateways, and a build whose connection is cut is lost. So while one
 * of those is stopped no build runs: controllers start none, those that run end first, queues wait.
 */
export function withQuietDoors(
  input: PlanInput,
  stages: readonly Stage[],
  { timeoutMs, killBuilds }: Emptying,
): readonly Stage[] {
  const cuts = stages.map((stage) => cutsBuilds(input, stage));
  const first = cuts.indexOf(true);
  const controllers = building(input);
  if (first === -1 || killBuilds || controllers.length === 0) return stages;
  const phase = stages[first]?.phase ?? 'services';
  const end = afterGates(stages, cuts.lastIndexOf(true));
  return [
    ...stages.slice(0, first),
    { kind: 'api', phase, step: { kind: 'pause-builds', controllers, timeoutMs } },
    ...stages.slice(first, end),
    {
      ...{ kind: 'api', phase: stages[end - 1]?.phase ?? phase },
      step: { kind: 'resume-builds', controllers },
    },
    ...stages.slice(end),
  ];
}

/** Those that Marathon runs and that have build agents. */
function building({ spec, observed }: PlanInput): readonly string[] {
  return spec.jenkins
    .filter(({ buildAgents }) => buildAgents.length > 0)
    .filter((controller) => observed.apps?.has(appId(controller)) === true)
    .map(({ name }) => name);
}

function afterGates(stages: readonly Stage[], last: number): number {
  const rest = stages.slice(last + 1).findIndex(({ kind }) => kind !== 'gate');
  return rest === -1 ? stages.length : last + 1 + rest;
}

function cutsBuilds(input: PlanInput, stage: Stage): boolean {
  return stage.kind === 'hosts' && stage.work.some((work) => stopsDoor(input, work));
}

/** Where people come in, and only if it runs now. */
function stopsDoor({ spec, observed }: PlanInput, { host, steps }: HostWork): boolean {
  const isDoor = spec.hosts.some(({ name, roles }) => name === host && roles.includes('gateway'));
  const runs = (name: string) =>
    observed.facts
      .get(host)
      ?.containers.some((one) => one.name === name && one.status === 'running') === true;
  return (
    isDoor &&
    steps.some((step) => {
      const name = step.kind === 'start-container' ? step.container.name : nameOf(step);
      return doors.includes(name) && runs(name);
    })
  );
}

function nameOf(step: HostWork['steps'][number]): string {
  switch (step.kind) {
    case 'restart-container':
    case 'take-back-container':
    case 'remove-container':
      return step.name;
    default:
      return '';
  }
}
