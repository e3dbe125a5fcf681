import type { PlanInput } from '../observed.ts';
import type { Plan } from '../step.ts';
import { buildEnds, type BuildEnds, type ControllerEffect } from './build-ends.ts';

/** A build agent that builds now. */
export interface RunningBuild {
  readonly controller: string;
  readonly buildAgent: string;
  readonly via: 'mesos' | 'marathon';
  /** Undefined where nobody tells. */
  readonly host: string | undefined;
}

export interface RunningBuilds {
  readonly builds: readonly RunningBuild[];
  /** Why the builds of some controllers are not known. */
  readonly unknown: readonly string[];
}

export const noBuilds: RunningBuilds = { builds: [], unknown: [] };

export interface BuildEffects {
  /** Controllers that do not go on running as they do now. */
  readonly controllers: readonly ControllerEffect[];
  /** Builds that the plan ends before they are done. */
  readonly ending: readonly EndingBuild[];
  /** Builds that it waits for. */
  readonly awaited: readonly EndingBuild[];
  readonly unknown: readonly string[];
}

export interface EndingBuild {
  readonly controller: string;
  readonly buildAgent: string;
  readonly host: string | null;
  readonly why: string;
}

/** Whether the plan does anything that builds notice; only then somebody has to be asked. */
export function touchesBuilds(plan: Plan, input: PlanInput): boolean {
  const { agents, controllers, buildAgents, doors, awaitedControllers } = buildEnds(plan, input);
  const counts = [agents.size, controllers.length, buildAgents.size, doors.length];
  return [...counts, awaitedControllers.size].some((count) => count > 0);
}

export function buildEffects(plan: Plan, input: PlanInput, running: RunningBuilds): BuildEffects {
  const ends = buildEnds(plan, input);
  const touched = running.builds.flatMap((build) => {
    const { controller, buildAgent, host = null } = build;
    const isAwaited = awaits(build, ends);
    const why = whyItEnds(build, ends) ?? (isAwaited ? 'no build may run meanwhile' : undefined);
    return why === undefined ? [] : [{ isAwaited, told: { controller, buildAgent, host, why } }];
  });
  return {
    controllers: ends.controllers,
    ending: touched.filter(({ isAwaited }) => !isAwaited).map(({ told }) => told),
    awaited: touched.filter(({ isAwaited }) => isAwaited).map(({ told }) => told),
    unknown: running.unknown,
  };
}

function awaits({ controller, host }: RunningBuild, ends: BuildEnds): boolean {
  return ends.awaitedControllers.has(controller) || ends.awaitedHosts.has(host ?? '');
}

/** Undefined for a build that goes on. */
function whyItEnds(build: RunningBuild, ends: BuildEnds): string | undefined {
  const own = ends.controllers.find(({ controller }) => controller === build.controller);
  if (own !== undefined) return `Jenkins ${own.controller} ${own.fate}`;
  if (ends.buildAgents.has(build.buildAgent)) return `build agent ${build.buildAgent} restarts`;
  const [door] = ends.doors;
  if (door !== undefined) return `its connection goes through the gateway on ${door}`;
  return endsWithHost(build, ends);
}

function endsWithHost({ via, host }: RunningBuild, { agents }: BuildEnds): string | undefined {
  if (host === undefined) {
    return via === 'mesos' && agents.size > 0 ? 'its host is not known: it may end' : undefined;
  }
  const how = agents.get(host);
  // Marathon checkpoints: its tasks outlive a restart of the Mesos agent. The plugin does not (2.0).
  const isEnded = how === 'stop' || (how === 'restart' && via === 'mesos');
  return isEnded ? `the Mesos agent on ${host} is stopped` : undefined;
}
