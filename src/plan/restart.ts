import type { Host, JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { appId } from '../services/jenkins.ts';
import type { Service } from '../services/service.ts';
import { controllerStages } from './controller-stages.ts';
import type { PlanInput } from './observed.ts';
import { rolledOut, rollService, type RolloutOptions } from './rollout-plan.ts';
import { factsOf, renderInput, serves, type ServiceWork } from './service-work.ts';
import { describe, type ApiStep, type HostStep, type Plan } from './step.ts';
import type { Members, Targets } from './targets.ts';

export interface RestartOptions extends RolloutOptions {
  /** What an earlier run did of it, by `doneKey`. */
  readonly done?: ReadonlySet<string>;
}

/** A step as the record of a run has it; calls to services have no host. */
export function doneKey(host: string, step: string): string {
  return `${host} ${step}`;
}

/** The same containers and apps again, with the definitions that they have. */
export function restartPlan(
  input: PlanInput,
  { members, controllers }: Targets,
  options: RestartOptions,
): Plan {
  const isLeft = (host: string, step: HostStep | ApiStep) =>
    options.done?.has(doneKey(host, describe(step))) !== true;
  const known = members.map(({ service, hosts }) => ({
    service,
    hosts: hosts.filter(({ name }) => input.observed.facts.has(name)),
  }));
  refuseMissing(input, known, controllers);
  const stages = [
    ...known.flatMap(({ service, hosts }) => {
      const changes = hosts
        .map((host) => restartWork(input, service, host))
        .filter(({ host, steps }) => steps.some((step) => isLeft(host, step)));
      return changes.length === 0 ? [] : rollService(input, { service, changes }, options);
    }),
    ...controllerStages(
      controllers
        .map((controller) => ({ controller: controller.name, change: [restartApp(controller)] }))
        .filter(({ change }) => change.some((step) => isLeft('', step))),
      options,
    ),
  ];
  return { stages: rolledOut(input, stages, options) };
}

function restartApp(controller: JenkinsController): ApiStep {
  return { kind: 'restart-app', id: appId(controller) };
}

function restartWork(input: PlanInput, service: Service, host: Host): ServiceWork {
  const container = service.container(renderInput(input, host));
  const { name, listens, stopSeconds } = container;
  const runs = serves(factsOf(input, host), container);
  return {
    ...{ host: host.name, runs },
    steps: [{ kind: 'restart-container', name, listens, stopSeconds }],
  };
}

/** What is not there cannot be started again; that is for `init`. */
function refuseMissing(
  input: PlanInput,
  members: readonly Members[],
  controllers: readonly JenkinsController[],
): void {
  const missing = [
    ...members.flatMap(({ service, hosts }) =>
      hosts
        .filter((host) => !isThere(input, service, host))
        .map(({ name }) => `${service.name} on ${name}`),
    ),
    ...controllers
      .filter((controller) => input.observed.apps?.has(appId(controller)) !== true)
      .map(({ name }) => `Jenkins ${name} in Marathon`),
  ];
  if (missing.length === 0) return;
  throw new ClusterError('NOTHING_TO_RESTART', `there is no ${missing.join(', no ')} to restart`, {
    remedy: 'ci-cluster init starts what is missing. Nothing was changed.',
  });
}

function isThere(input: PlanInput, service: Service, host: Host): boolean {
  const { name } = service.container(renderInput(input, host));
  return factsOf(input, host).containers.some((one) => one.name === name);
}
