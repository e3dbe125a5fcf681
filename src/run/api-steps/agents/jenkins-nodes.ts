import type { JenkinsController } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import {
  clientOf,
  ourMark,
  readNodes,
  readQuiet,
  type LoadedNode,
} from '../../../health/build-load.ts';
import type { JenkinsClient } from '../../../health/jenkins-client.ts';
import { failed, whyNoAnswer } from '../../../health/sight.ts';
import type { Run } from '../../run.ts';
import { mayHaveTaken, rememberTaken } from './memory.ts';

/** Stands in Jenkins beside the node, and tells a later run that it is ours to put back. */
function reasonFor({ session }: Pick<Run, 'session'>, what: string): string {
  const run = session?.locks.claim.run;
  return `${ourMark} ${what}${run === undefined ? '' : ` (run ${run})`}`;
}

const emptying = (host: string) => `empties ${host}`;

function isTakenOutFor(reason: string, host: string): boolean {
  return new RegExp(`\\b${ourMark} empties ([^\\s(]+)`).exec(reason)?.[1] === host;
}

/** Toggles, so it is asked only of a node that is not taken out yet. */
export async function takeOut(run: Run, client: JenkinsClient, node: Taken): Promise<void> {
  const message = encodeURIComponent(reasonFor(run, emptying(node.host)));
  rememberTaken(run, node.host, node.controller.name);
  await post(
    client,
    node,
    `/computer/${encodeURIComponent(node.name)}/toggleOffline?offlineMessage=${message}`,
  );
}

interface Taken {
  readonly controller: JenkinsController;
  readonly name: string;
  readonly host: string;
}

/** Which nodes are put back: of some controllers, or of some names. */
interface Which {
  readonly controllers?: readonly string[];
  readonly names?: readonly string[];
}

/** Nodes that were taken out for the host; true if there were any. */
export async function putBack(run: Run, host: string, which: Which = {}): Promise<boolean> {
  const asked = run.spec.jenkins.filter(
    ({ buildAgents, name }) =>
      buildAgents.length > 0 && (which.controllers?.includes(name) ?? true),
  );
  const found = await Promise.all(
    asked.map((controller) => putBackOf({ run, host, names: which.names }, controller)),
  );
  return found.some((some) => some);
}

interface PuttingBack {
  readonly run: Run;
  readonly host: string;
  readonly names: readonly string[] | undefined;
}

async function putBackOf(
  { run, host, names }: PuttingBack,
  controller: JenkinsController,
): Promise<boolean> {
  const client = clientOf(run.sight, controller);
  const nodes = await nodesOf(run, host, { controller, client });
  const ours = nodes
    .filter(({ takenOut, reason }) => takenOut && isTakenOutFor(reason, host))
    .filter(({ name }) => names?.includes(name) ?? true);
  for (const { name } of ours) {
    const path = `/computer/${encodeURIComponent(name)}/toggleOffline?offlineMessage=`;
    await post(client, { controller, name, host }, path);
  }
  return ours.length > 0;
}

/** A controller that just moved, or was stopped, needs a while; nothing of it looks at the signal. */
const answerMs = 180_000;
const pauseMs = 2000;

async function nodesOf(
  run: Run,
  host: string,
  {
    controller,
    client,
  }: { readonly controller: JenkinsController; readonly client: JenkinsClient },
): Promise<readonly LoadedNode[]> {
  const { clock } = run.ports;
  const begin = clock.now();
  for (;;) {
    const nodes = await readNodes(client);
    if (typeof nodes !== 'string') return nodes;
    // There is nothing to wait for where nothing was taken.
    if (!mayHaveTaken(run, host, controller.name)) return [];
    if (clock.now() - begin >= answerMs) {
      const what = `Jenkins ${controller.name} ${nodes}: its build agents that were taken out for ${host} stay so`;
      run.report({ kind: 'note', text: `${what}; type: ci-cluster add-agent ${host}` });
      return [];
    }
    await clock.sleep(pauseMs);
  }
}

/** False if it was quiet already, by somebody's wish. */
export async function pause(
  run: Run,
  controller: JenkinsController,
  why: string,
): Promise<boolean> {
  const client = clientOf(run.sight, controller);
  const before = await readQuiet(client);
  if (before?.quietingDown === true) return false;
  const message = encodeURIComponent(reasonFor(run, why));
  await post(client, { controller, name: '', host: '' }, `/quietDown?message=${message}`);
  return true;
}

/** `force`: this run did it, whatever an old core tells of the reason. */
export async function resume(
  run: Run,
  controller: JenkinsController,
  force = false,
): Promise<boolean> {
  const client = clientOf(run.sight, controller);
  const found = await readQuiet(client);
  if (found?.quietingDown !== true) return false;
  if (!force && !found.reason.startsWith(ourMark)) return false;
  await post(client, { controller, name: '', host: '' }, '/cancelQuietDown');
  return true;
}

async function post(
  client: JenkinsClient,
  { controller, name }: Taken,
  path: string,
): Promise<void> {
  const answer = await client.post(path);
  if (!failed(answer) && (answer.status < 400 || answer.status === 404)) return;
  const said = failed(answer) ? whyNoAnswer(answer) : `answers ${answer.status}`;
  const isLogin = !failed(answer) && [401, 403].includes(answer.status);
  const what = name === '' ? path.replace(/\?.*$/, '') : `the state of build agent ${name}`;
  throw new ClusterError(
    isLogin ? 'JENKINS_LOGIN_REFUSED' : 'JENKINS_REFUSED',
    `Jenkins ${controller.name} does not take ${what}: ${said}`,
    {
      remedy: isLogin
        ? `The password of ${controller.admin.user} is another one in Jenkins than in the cluster file: put back the one that Jenkins has, then run the same command again.`
        : 'ci-cluster status shows the whole stack; run the same command again once Jenkins answers.',
    },
  );
}
