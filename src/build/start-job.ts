import type { JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { failed } from '../health/sight.ts';
import { isSameJob, type CanaryJob } from './canary-job.ts';
import { controllerDown, isQuietingDown } from './diagnose.ts';
import { readAs, rootAnswer, whyUseless } from './jenkins-answers.ts';
import type { JenkinsClient, Reply } from '../health/jenkins-client.ts';

/** Throws what makes a build pointless: a controller that is down, shut to us, or about to stop. */
export async function checkController(
  client: JenkinsClient,
  controller: JenkinsController,
): Promise<void> {
  const answer = await client.get('/api/json?tree=quietingDown');
  refuseLogin(answer, controller);
  const root = readAs(rootAnswer, answer);
  if (root === undefined) throw controllerDown(controller.name, whyUseless(answer));
  if (root.quietingDown) throw isQuietingDown(controller);
}

function refuseLogin(answer: Reply, { name, admin, url }: JenkinsController): void {
  if (failed(answer) || (answer.status !== 401 && answer.status !== 403)) return;
  throw new ClusterError(
    'JENKINS_LOGIN_REFUSED',
    `${name}: Jenkins does not let ${admin.user} in with the password from ${admin.password.origin}`,
    {
      evidence: [`Jenkins ${whyUseless(answer)}`],
      remedy: `Try both at ${url}login; ci-cluster init writes the password of the cluster file to Jenkins again.`,
    },
  );
}

/** Writes the job's definition unless Jenkins has it already. */
export async function ensureJob(
  client: JenkinsClient,
  controller: JenkinsController,
  { name, xml }: CanaryJob,
): Promise<void> {
  const path = `/job/${name}/config.xml`;
  const present = await client.get(path);
  if (failed(present)) throw refused(controller, `GET ${path}`, present);
  if (present.status === 200 && isSameJob(present.body, xml)) return;
  const target = present.status === 404 ? `/createItem?name=${name}` : path;
  const answer = await client.post(target, xml);
  refuseLogin(answer, controller);
  if (failed(answer) || answer.status >= 300) throw refused(controller, `POST ${target}`, answer);
}

/**
 * Id of the queue item. Of the `Location` only the path counts: its host is the configured address of
 * Jenkins, which this side may not reach, nor trust. A merged request gets an older item.
 */
export async function startJob(
  client: JenkinsClient,
  controller: JenkinsController,
  { name }: CanaryJob,
): Promise<number> {
  const path = `/job/${name}/build?delay=0sec`;
  const answer = await client.post(path);
  const location = failed(answer) || answer.status !== 201 ? '' : answer.headers['location'];
  const id = /\/queue\/item\/(\d+)\/?$/.exec(location ?? '')?.[1];
  if (id === undefined) throw refused(controller, `POST ${path}`, answer);
  return Number(id);
}

function refused({ name, url }: JenkinsController, request: string, answer: Reply): ClusterError {
  const what = `${name}: Jenkins did not accept "${request}"`;
  return new ClusterError('JENKINS_REFUSED', what, {
    evidence: [`Jenkins ${whyUseless(answer)}`],
    remedy: `Look at the log of Jenkins at ${url}log/all, then run the same command again.`,
  });
}
