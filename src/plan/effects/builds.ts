import { appId } from '../../services/jenkins.ts';
import { plannedNodeApps } from '../build-agent-stages.ts';
import type { PlanInput } from '../observed.ts';
import type { ApiStep, Plan } from '../step.ts';
import { serviceEffects } from './services.ts';

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

/** Whether the plan ends anything that builds depend on; only then somebody has to be asked. */
export function touchesBuilds(plan: Plan, input: PlanInput): boolean {
  return stoppedAgents(plan, input).size > 0 || endedApps(plan, input).size > 0;
}

export function buildEffects(plan: Plan, input: PlanInput, running: RunningBuilds): BuildEffects {
  const stopped = stoppedAgents(plan, input);
  const apps = endedApps(plan, input);
  const awaited = awaitedHosts(plan);
  const effects = running.builds.flatMap((build) => {
    const why = whyItEnds(build, { stopped, apps });
    const isAwaited = why.byHost && awaited.has(build.host ?? '');
    const { controller, buildAgent, host = null } = build;
    return why.text === '' ? [] : [{ isAwaited, controller, buildAgent, host, why: why.text }];
  });
  const told = ({ controller, buildAgent, host, why }: EndingBuild) => ({
    ...{ controller, buildAgent, host, why },
  });
  return {
    ending: effects.filter(({ isAwaited }) => !isAwaited).map(told),
    awaited: effects.filter(({ isAwaited }) => isAwaited).map(told),
    unknown: running.unknown,
  };
}

interface Ends {
  /** How the Mesos agent of a host is stopped. */
  readonly stopped: ReadonlyMap<string, 'restart' | 'stop'>;
  /** Why, by the name of the controller or of the build agent. */
  readonly apps: ReadonlyMap<string, string>;
}

interface Why {
  readonly text: string;
  readonly byHost: boolean;
}

function whyItEnds({ controller, buildAgent, via, host }: RunningBuild, ends: Ends): Why {
  const byApp = ends.apps.get(`controller ${controller}`) ?? ends.apps.get(`agent ${buildAgent}`);
  if (byApp !== undefined) return { text: byApp, byHost: false };
  if (host === undefined) return { text: whereUnknown(via, ends), byHost: false };
  const how = ends.stopped.get(host);
  // Marathon checkpoints: its tasks outlive a restart of the Mesos agent. The plugin does not (2.0).
  const isEnded = how === 'stop' || (how === 'restart' && via === 'mesos');
  return { text: isEnded ? `the Mesos agent on ${host} is stopped` : '', byHost: true };
}

function whereUnknown(via: RunningBuild['via'], { stopped }: Ends): string {
  return via === 'mesos' && stopped.size > 0 ? 'its host is not known: it may end' : '';
}

function stoppedAgents(plan: Plan, input: PlanInput): ReadonlyMap<string, 'restart' | 'stop'> {
  const effects = serviceEffects(plan, input).filter(({ container }) =>
    container.startsWith('ci-mesos-agent'),
  );
  return new Map(
    effects.flatMap(({ rounds, kind }) =>
      kind === 'start'
        ? []
        : rounds
            .flat()
            .filter((host) => runsAgent(input, host))
            .map((host) => [host, kind] as const),
    ),
  );
}

function runsAgent({ observed }: PlanInput, host: string): boolean {
  const containers = observed.facts.get(host)?.containers ?? [];
  return containers.some(
    ({ service, status }) => service === 'mesos-agent' && status === 'running',
  );
}

function awaitedHosts({ stages }: Plan): ReadonlySet<string> {
  const steps = stages.flatMap((stage) => (stage.kind === 'api' ? [stage.step] : []));
  return new Set(
    steps.flatMap((step) => (step.kind === 'vacate-agent' && !step.killBuilds ? [step.host] : [])),
  );
}

/** A controller that restarts loses its builds, as the plugin's build agents go with it. */
function endedApps({ stages }: Plan, { spec, observed }: PlanInput): ReadonlyMap<string, string> {
  const ended = new Map<string, string>();
  const ids = stages.flatMap((stage) => (stage.kind === 'api' ? (endedApp(stage.step) ?? []) : []));
  for (const id of ids.filter((one) => observed.apps?.has(one) === true)) {
    const owner = spec.jenkins.find((controller) => appId(controller) === id);
    if (owner !== undefined)
      ended.set(`controller ${owner.name}`, `Jenkins ${owner.name} restarts`);
    const isNode = spec.jenkins.some((one) =>
      plannedNodeApps(spec, one).some((app) => app.id === id),
    );
    const name = id.split('/').at(-1) ?? id;
    if (isNode) ended.set(`agent ${name}`, `build agent ${name} restarts`);
    if (owner === undefined && !isNode) ended.set(goneName(id), `${id} is removed`);
  }
  return ended;
}

function endedApp(step: ApiStep): string | undefined {
  if (step.kind === 'put-app') return step.app.id;
  return step.kind === 'remove-app' ? step.id : undefined;
}

/** Of an app that the cluster file does not know any more. */
function goneName(id: string): string {
  const controller = /^\/ci\/jenkins-([^/]+)$/.exec(id)?.[1];
  return controller === undefined
    ? `agent ${id.split('/').at(-1) ?? id}`
    : `controller ${controller}`;
}
