import type { JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { appId, eligibleHosts } from '../services/jenkins.ts';
import type { PlanInput } from './observed.ts';

/** Controllers that run on a host: those that move when it is emptied, and those that stop. */
export interface ControllersOn {
  readonly moves: readonly string[];
  readonly stops: readonly string[];
}

export function controllersOn(input: PlanInput, host: string): ControllersOn {
  const here = input.spec.jenkins.filter((controller) => runsOn(input, controller, host));
  const names = (some: readonly JenkinsController[]) => some.map(({ name }) => name);
  const moving = here.filter((controller) => canLeave(input, controller, host));
  return { moves: names(moving), stops: names(here.filter((one) => !moving.includes(one))) };
}

/** A pinned one that Marathon has is there, or will be, whoever could be asked. */
function runsOn({ observed }: PlanInput, controller: JenkinsController, host: string): boolean {
  const { home, name } = controller;
  if (home.kind === 'shared') return observed.controllers?.get(name) === host;
  return home.host === host && observed.apps?.has(appId(controller)) === true;
}

/** To a host whose Mesos agent gets offers now. */
function canLeave(input: PlanInput, controller: JenkinsController, host: string): boolean {
  const { spec, observed } = input;
  if (controller.home.kind !== 'shared') return false;
  return eligibleHosts(spec, controller).some(
    ({ name }) => name !== host && observed.agents?.get(name)?.state === 'active',
  );
}

/** Throws NOT_MOVABLE for a controller that would stop with the Mesos agent of one of the hosts. */
export function refuseBound(
  input: PlanInput,
  hosts: readonly string[],
  stopControllers: boolean,
): void {
  if (stopControllers) return;
  for (const host of hosts) {
    const [bound] = controllersOn(input, host).stops;
    if (bound !== undefined) throw notMovable(input, bound, host);
  }
}

function notMovable({ spec }: PlanInput, name: string, host: string): ClusterError {
  const home = spec.jenkins.find((controller) => controller.name === name)?.home;
  const why =
    home?.kind === 'pinned'
      ? 'its home is on that host alone'
      : 'no other Mesos agent could take it now';
  return new ClusterError(
    'NOT_MOVABLE',
    `the Mesos agent on ${host} has to be stopped, and Jenkins ${name} would stop with it: ${why}`,
    {
      host,
      remedy: `If it may stop for some minutes, after its builds have ended: the same command with --stop-controllers. To make it movable, put its home on a folder that all Mesos agents share (jenkins.${name}.home: { kind: shared }).`,
    },
  );
}
