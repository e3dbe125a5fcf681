import { z } from 'zod';
import { gatewayHosts } from '../cluster/members.ts';
import type { JenkinsController } from '../config/cluster-spec.ts';
import type { HttpAnswer, NoAnswer, RemoteHost } from '../ports.ts';
import { frameworkFault, type Framework } from './frameworks.ts';
import type { BuildsHealth, State } from './model.ts';
import { failed, jsonOf, probeDeadlineMs, whyNoAnswer, type Sight } from './sight.ts';

const computersAnswer = z.object({
  computer: z.array(
    z.object({
      _class: z.string().default(''),
      displayName: z.string(),
      offline: z.boolean(),
      offlineCauseReason: z.string().nullable().default(''),
      idle: z.boolean().default(true),
      assignedLabels: z.array(z.object({ name: z.string() })).default([]),
    }),
  ),
});

/** A build agent as Jenkins has it; the controller itself is none. */
export interface BuildAgent {
  readonly name: string;
  readonly labels: readonly string[];
  readonly online: boolean;
  readonly busy: boolean;
  readonly whyOffline: string;
}

export const computersPath =
  '/computer/api/json?tree=computer[displayName,offline,offlineCauseReason,idle,assignedLabels[name]]';

/** Undefined where the answer is none of Jenkins. */
export function buildAgentsIn(answer: unknown): readonly BuildAgent[] | undefined {
  return computersAnswer
    .safeParse(answer)
    .data?.computer.filter((computer) => !computer._class.endsWith('MasterComputer'))
    .map((computer) => ({
      name: computer.displayName,
      labels: computer.assignedLabels.map(({ name }) => name),
      online: !computer.offline,
      busy: !computer.offline && !computer.idle,
      whyOffline: computer.offlineCauseReason ?? '',
    }));
}

/** A host from which the controller can be asked: one whose gateway leads to it. */
export function wayTo(sight: Sight): RemoteHost | undefined {
  return gatewayHosts(sight.spec)
    .map(({ name }) => sight.remotes.get(name))
    .find((remote) => remote !== undefined);
}

/** Whether builds find build agents. Undefined for a controller that has none. */
export async function probeBuilds(
  sight: Sight,
  controller: JenkinsController,
  frameworks: readonly Framework[] | undefined,
): Promise<BuildsHealth | undefined> {
  if (controller.buildAgents.length === 0) return undefined;
  const agents = await askForBuildAgents(sight, controller);
  const reasons = [
    ...(needsMesos(controller) ? [await mesosFault(sight, controller, frameworks)] : []),
    typeof agents === 'string' ? agents : missingAgents(controller, agents),
  ];
  const counted = typeof agents === 'string' ? [] : agents.filter(({ online }) => online);
  return {
    state: stateOf(reasons, needsMesos(controller) && frameworks === undefined),
    online: typeof agents === 'string' ? undefined : counted.length,
    busy: typeof agents === 'string' ? undefined : counted.filter(({ busy }) => busy).length,
    reason: reasons.filter((reason) => reason !== '').join('; '),
  };
}

function needsMesos({ buildAgents }: JenkinsController): boolean {
  return buildAgents.some(({ via }) => via === 'mesos');
}

function stateOf(reasons: readonly string[], blind: boolean): State {
  if (blind) return 'unknown';
  return reasons.every((reason) => reason === '') ? 'healthy' : 'degraded';
}

/**
 * The plugin connects with the first build after each start of Jenkins (2.0, as its source reads), so a
 * framework that is not connected is a fault only while a build waits for it.
 */
async function mesosFault(
  sight: Sight,
  controller: JenkinsController,
  frameworks: readonly Framework[] | undefined,
): Promise<string> {
  if (frameworks === undefined) return 'no leading Mesos master to ask';
  const fault = frameworkFault(controller, frameworks);
  if (fault === '' || isForeign(controller, frameworks)) return fault;
  return (await buildsWait(sight, controller)) ? fault : '';
}

function isForeign({ framework }: JenkinsController, frameworks: readonly Framework[]): boolean {
  return frameworks.some(
    ({ id, name, connected }) => connected && name === framework.name && id !== framework.id,
  );
}

const queueAnswer = z.object({ items: z.array(z.object({ buildable: z.boolean() })) });

/** True as well where Jenkins does not tell. */
async function buildsWait(sight: Sight, controller: JenkinsController): Promise<boolean> {
  const answer = await askJenkins(sight, controller, '/queue/api/json?tree=items[buildable]');
  if (answer === undefined || failed(answer) || answer.status !== 200) return true;
  const items = queueAnswer.safeParse(jsonOf(answer)).data?.items;
  return items?.some(({ buildable }) => buildable) ?? true;
}

async function askJenkins(
  sight: Sight,
  { admin, gatewayPort }: JenkinsController,
  path: string,
): Promise<HttpAnswer | NoAnswer | undefined> {
  return await wayTo(sight)?.http({
    ...{ address: '127.0.0.1', port: gatewayPort, method: 'GET', path, login: admin },
    deadlineMs: probeDeadlineMs,
  });
}

/** The reason where Jenkins does not tell. */
export async function askForBuildAgents(
  sight: Sight,
  controller: JenkinsController,
): Promise<readonly BuildAgent[] | string> {
  const answer = await askJenkins(sight, controller, computersPath);
  if (answer === undefined) return 'no gateway could be asked';
  if (failed(answer)) return `Jenkins does not tell its build agents: ${whyNoAnswer(answer)}`;
  if (answer.status !== 200) return `Jenkins does not tell its build agents: ${answer.status}`;
  return buildAgentsIn(jsonOf(answer)) ?? 'Jenkins does not tell its build agents';
}

/** Those that Marathon keeps running have to be there without any build. */
function missingAgents({ buildAgents }: JenkinsController, agents: readonly BuildAgent[]): string {
  return buildAgents
    .filter(({ via }) => via === 'marathon')
    .flatMap(({ label, count }) => {
      const online = agents.filter((agent) => agent.online && agent.labels.includes(label)).length;
      return online >= count ? [] : [`${online} of ${count} build agents for ${label} online`];
    })
    .join('; ');
}
