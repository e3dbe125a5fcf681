import { appId } from '../../services/jenkins.ts';
import { plannedNodeApps } from '../build-agent-stages.ts';
import type { PlanInput } from '../observed.ts';
import type { ApiStep, Plan } from '../step.ts';
import { serviceEffects } from './services.ts';

/** What happens to a controller that runs now. */
export interface ControllerEffect {
  readonly controller: string;
  readonly fate: 'restarts' | 'moves' | 'stops meanwhile' | 'is removed';
}

/** Everything in a plan that builds do not outlive, and everything that waits for them. */
export interface BuildEnds {
  /** Mesos agents that are stopped, by host. */
  readonly agents: ReadonlyMap<string, 'restart' | 'stop'>;
  readonly controllers: readonly ControllerEffect[];
  /** Build agents of Marathon. */
  readonly buildAgents: ReadonlySet<string>;
  /** Hosts whose gateway, through which build agents are connected, is stopped. */
  readonly doors: readonly string[];
  /** Controllers, and hosts of Mesos agents, whose builds end first. */
  readonly awaitedControllers: ReadonlySet<string>;
  readonly awaitedHosts: ReadonlySet<string>;
}

export function buildEnds(plan: Plan, input: PlanInput): BuildEnds {
  const calls = plan.stages.flatMap((stage) => (stage.kind === 'api' ? [stage.step] : []));
  return {
    agents: stoppedAgents(plan, input),
    controllers: controllerEffects(calls, input),
    buildAgents: endedNodes(calls, input),
    doors: stoppedDoors(plan, input),
    awaitedControllers: new Set(calls.flatMap(awaitedBy)),
    awaitedHosts: new Set(
      calls.flatMap((step) =>
        step.kind === 'vacate-agent' && !step.killBuilds ? [step.host] : [],
      ),
    ),
  };
}

function awaitedBy(step: ApiStep): readonly string[] {
  if (step.kind === 'pause-builds') return step.controllers;
  const isPatient = step.kind === 'vacate-agent' && !step.killBuilds;
  return isPatient ? [...(step.moves ?? []), ...(step.stops ?? [])] : [];
}

/** Containers with one of the names that run now and are stopped, by host. */
function stopped(plan: Plan, input: PlanInput, names: readonly string[]) {
  const hosts = serviceEffects(plan, input)
    .filter(({ container, kind }) => names.includes(container) && kind !== 'start')
    .flatMap(({ container, kind, rounds }) =>
      rounds.flat().map((host) => ({ host, container, kind })),
    );
  return hosts.filter(({ host, container }) => {
    const containers = input.observed.facts.get(host)?.containers ?? [];
    return containers.some(({ name, status }) => name === container && status === 'running');
  });
}

function stoppedAgents(plan: Plan, input: PlanInput): BuildEnds['agents'] {
  const found = stopped(plan, input, ['ci-mesos-agent']);
  return new Map(found.map(({ host, kind }) => [host, kind === 'stop' ? 'stop' : 'restart']));
}

function stoppedDoors(plan: Plan, input: PlanInput): readonly string[] {
  const isDoor = (host: string) =>
    input.spec.hosts.some(({ name, roles }) => name === host && roles.includes('gateway'));
  const hosts = stopped(plan, input, ['ci-gateway', 'ci-keepalived']).map(({ host }) => host);
  return [...new Set(hosts.filter(isDoor))];
}

function controllerEffects(calls: readonly ApiStep[], input: PlanInput): ControllerEffect[] {
  const { spec, observed } = input;
  const effects = calls.flatMap((step): ControllerEffect[] => {
    if (step.kind === 'vacate-agent') return leaving(step);
    const id = appOf(step);
    if (id === undefined || observed.apps?.has(id) !== true) return [];
    const known = spec.jenkins.find((controller) => appId(controller) === id)?.name;
    const name = known ?? /^\/ci\/jenkins-([^/]+)$/.exec(id)?.[1];
    if (name === undefined) return [];
    return [{ controller: name, fate: step.kind === 'remove-app' ? 'is removed' : 'restarts' }];
  });
  return [...new Map(effects.map((effect) => [JSON.stringify(effect), effect])).values()];
}

function leaving({ moves = [], stops = [] }: Extract<ApiStep, { kind: 'vacate-agent' }>) {
  return [
    ...moves.map((controller) => ({ controller, fate: 'moves' }) as const),
    ...stops.map((controller) => ({ controller, fate: 'stops meanwhile' }) as const),
  ];
}

function endedNodes(calls: readonly ApiStep[], { spec, observed }: PlanInput): ReadonlySet<string> {
  const planned = spec.jenkins.flatMap((one) => plannedNodeApps(spec, one).map(({ id }) => id));
  const ids = calls.flatMap((step) => appOf(step) ?? []);
  return new Set(
    ids
      .filter((id) => observed.apps?.has(id) === true)
      .filter((id) => planned.includes(id) || /^\/ci\/[^/]+-agents\//.test(id))
      .map((id) => id.split('/').at(-1) ?? id),
  );
}

function appOf(step: ApiStep): string | undefined {
  if (step.kind === 'put-app') return step.app.id;
  return step.kind === 'remove-app' || step.kind === 'restart-app' ? step.id : undefined;
}
