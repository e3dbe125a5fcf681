import { ClusterError, type ErrorCode } from '../errors.ts';
import { frameworkFault } from '../health/frameworks.ts';
import type { TaskEnd } from './mesos-view.ts';
import type { Observations } from './observations.ts';
import { misfits, missTable, overQuota } from './shortfall.ts';

/** Where a build stuck. The first cause in the order in which a build passes them. */
export function diagnose(seen: Observations): ClusterError {
  for (const cause of causes) {
    const found = cause(seen);
    if (found !== undefined) return found;
  }
  return unexplained(seen);
}

type Cause = (seen: Observations) => ClusterError | undefined;

const causes: readonly Cause[] = [
  silentController,
  runningBuild,
  quietingDown,
  unknownLabel,
  fixedAgentOffline,
  lostFramework,
  launchedButOffline,
  exhaustedQuota,
  noRoom,
];

function fault(
  seen: Observations,
  code: ErrorCode,
  told: { readonly what: string; readonly remedy: string; readonly evidence?: readonly string[] },
): ClusterError {
  const evidence = [...(told.evidence ?? []), ...(seen.why === '' ? [] : [`Jenkins: ${seen.why}`])];
  const { remedy } = told;
  return new ClusterError(code, `${seen.controller.name}: ${told.what}`, { remedy, evidence });
}

function silentController(seen: Observations): ClusterError | undefined {
  if (seen.jenkins !== undefined) return undefined;
  return controllerDown(seen.controller.name, seen.silence);
}

export function controllerDown(controller: string, silence: string): ClusterError {
  return new ClusterError('CONTROLLER_DOWN', `${controller}: Jenkins does not answer`, {
    evidence: silence === '' ? [] : [silence],
    remedy: 'ci-cluster status shows where it should run and what is missing.',
  });
}

function runningBuild(seen: Observations): ClusterError | undefined {
  if (seen.number === undefined) return undefined;
  return fault(seen, 'BUILD_NOT_FINISHED', {
    what: `build ${seen.number} of ${seen.job} still runs after ${seconds(seen.waitedMs)}`,
    evidence: seen.console.slice(-10),
    remedy: `Correct "canary:" of the controller, or give it more time: ci-cluster build --controller ${seen.controller.name} --timeout 1h`,
  });
}

function quietingDown({ controller, jenkins }: Observations): ClusterError | undefined {
  return jenkins?.quietingDown === true ? isQuietingDown(controller) : undefined;
}

export function isQuietingDown({ name, url }: Observations['controller']): ClusterError {
  const what = `${name}: Jenkins prepares for shutdown and starts no builds`;
  return new ClusterError('QUIETING_DOWN', what, {
    remedy: `Cancel the shutdown at ${url}manage, or wait until it has restarted.`,
  });
}

function unknownLabel(seen: Observations): ClusterError | undefined {
  if (seen.supply === undefined || seen.supply.clouds + seen.supply.nodes > 0) return undefined;
  return fault(seen, 'LABEL_UNKNOWN', {
    what: `Jenkins has neither a cloud nor a build agent for label ${seen.label}`,
    remedy: 'ci-cluster init writes its configuration again and restarts it where that changed.',
  });
}

/** Build agents that Marathon runs, or that a fragment of the configuration names, just have to be there. */
function fixedAgentOffline(seen: Observations): ClusterError | undefined {
  const { buildAgents = [], label, template } = seen;
  if (template?.via === 'mesos') return undefined;
  const own = buildAgents.filter(({ labels }) => labels.includes(label));
  if (own.some(({ online }) => online)) return undefined;
  return fault(seen, 'BUILD_AGENT_NOT_ONLINE', {
    what: `no build agent for label ${label} is online`,
    evidence: own.map(({ name, whyOffline }) => `${name}: ${whyOffline || 'offline'}`),
    remedy:
      template === undefined
        ? `Look at ${seen.controller.url}computer/ why they are offline.`
        : 'ci-cluster status shows whether Marathon runs them.',
  });
}

function lostFramework(seen: Observations): ClusterError | undefined {
  const { controller, frameworks, template } = seen;
  if (template?.via !== 'mesos') return undefined;
  const what =
    frameworks === undefined
      ? 'no leading Mesos master tells whether Jenkins is registered'
      : frameworkFault(controller, frameworks);
  if (what === '') return undefined;
  return fault(seen, 'FRAMEWORK_DISCONNECTED', {
    what,
    remedy:
      frameworks === undefined
        ? 'ci-cluster status shows the Mesos masters.'
        : `Restart the controller, its Mesos plugin keeps one address: ${controller.url}restart, then run the same command again.`,
  });
}

const failedStates =
  /^TASK_(?:FAILED|ERROR|LOST|DROPPED|GONE|GONE_BY_OPERATOR|KILLED|UNREACHABLE)$/;

export function hasFailed({ state }: { readonly state: string }): boolean {
  return failedStates.test(state);
}

function launchedButOffline(seen: Observations): ClusterError | undefined {
  const last = seen.tasks.findLast(hasFailed) ?? seen.tasks.at(-1);
  if (last === undefined || isOnline(seen, last)) return undefined;
  const { controller, label } = seen;
  const hasEnded = hasFailed(last);
  return fault(seen, 'BUILD_AGENT_NOT_ONLINE', {
    what: `the build agent${placeOf(seen, last)} ${hasEnded ? 'ended before it was online' : 'runs but has not come online'}`,
    evidence: [...countOf(seen.tasks), ...taskLines(last)],
    remedy: hasEnded
      ? `Correct image or template of ${label} under jenkins.${controller.name}.buildAgents, then run ci-cluster init.`
      : `It must reach ${controller.url}: check the network of the hosts, and the log of the task in the Mesos sandbox.`,
  });
}

function placeOf({ agents = [], nameOf }: Observations, { agentId }: TaskEnd): string {
  const agent = agents.find(({ id }) => id === agentId);
  return agent === undefined ? '' : ` on ${nameOf(agent.hostname)}`;
}

function isOnline({ buildAgents = [] }: Observations, task: TaskEnd): boolean {
  return buildAgents.some(({ name, online }) => online && isTaskOf(task, name));
}

/** The plugin makes the task's id out of the build agent's name. */
export function isTaskOf(
  task: { readonly id: string; readonly name: string },
  agent: string,
): boolean {
  return task.id.includes(agent) || task.name.includes(agent);
}

function countOf(tasks: readonly TaskEnd[]): string[] {
  const failed = tasks.filter(hasFailed).length;
  return failed > 1 ? [`${failed} build agents were launched and ended; the last one:`] : [];
}

/** Long texts of `docker pull` are told by their end. */
function taskLines({ id, state, reason, message }: TaskEnd): string[] {
  const text = message.split('\n').filter((line) => line.trim() !== '');
  return [`task ${id}`, [state, reason].filter((part) => part !== '').join(' '), ...text.slice(-5)];
}

function exhaustedQuota(seen: Observations): ClusterError | undefined {
  const { template, role, controller } = seen;
  if (template?.via !== 'mesos' || role === undefined) return undefined;
  const parts = overQuota(template, role);
  if (parts.length === 0) return undefined;
  return fault(seen, 'BUILD_NOT_OFFERED', {
    what: `the quota of role ${controller.framework.role} leaves no room for a build agent`,
    evidence: parts,
    remedy: `Wait for other builds, or raise jenkins.${controller.name}.framework.limit in the cluster file and run ci-cluster init.`,
  });
}

function noRoom(seen: Observations): ClusterError | undefined {
  const { agents, label, template, nameOf } = seen;
  if (template?.via !== 'mesos' || agents === undefined) return undefined;
  if (agents.some((agent) => misfits(template, agent).length === 0)) return undefined;
  const isOut = agents.every(({ active }) => !active);
  return fault(seen, 'BUILD_NOT_OFFERED', {
    what: isOut
      ? `all ${agents.length} Mesos agents are deactivated or disconnected`
      : `no Mesos agent has room for a build agent of label ${label} (${wanted(seen)})`,
    evidence: missTable(template, agents, ({ hostname }) => nameOf(hostname)),
    remedy: isOut
      ? 'ci-cluster status names them; reactivate one.'
      : 'Wait for other builds, add a Mesos agent, or ask for less in the cluster file.',
  });
}

function wanted({ template }: Observations): string {
  if (template === undefined) return '';
  const { cpus, memoryMb, diskMb, attributes } = template;
  const named = Object.entries(attributes).map(([name, text]) => `${name} ${text}`);
  const disk = diskMb === 0 ? [] : [`${diskMb} MiB disk`];
  return [`${cpus} CPUs`, `${memoryMb} MiB`, ...disk, ...named].join(', ');
}

function unexplained(seen: Observations): ClusterError {
  return fault(seen, 'BUILD_NOT_FINISHED', {
    what: `the build of ${seen.job} has not started after ${seconds(seen.waitedMs)}`,
    remedy: `Look at the log "Mesos Cloud" at ${seen.controller.url}log/ and at ${seen.controller.url}computer/.`,
  });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
