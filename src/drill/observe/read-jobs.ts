import { z } from 'zod';
import { gatewayHosts } from '../../cluster/members.ts';
import type { JenkinsController } from '../../config/cluster-spec.ts';
import { createJenkinsClient } from '../../health/jenkins-client.ts';
import { failed, jsonOf, type Sight } from '../../health/sight.ts';
import type { JobNumbers } from '../recording.ts';

/** Jobs in folders in folders; deeper ones are not looked at. */
const tree = 'jobs[name,nextBuildNumber,jobs[name,nextBuildNumber,jobs[name,nextBuildNumber]]]';

const job = z.object({
  name: z.string(),
  /** A folder has none (core 2.5xx). */
  nextBuildNumber: z.number().optional(),
  get jobs() {
    return z.array(job).optional();
  },
});
const answerForm = z.object({ jobs: z.array(job).default([]) });

/** Of all controllers; undefined if one of them did not tell. */
export async function readJobs(sight: Sight): Promise<readonly JobNumbers[] | undefined> {
  const lists = await Promise.all(sight.spec.jenkins.map((one) => jobsOf(sight, one)));
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

async function jobsOf(
  { spec, remotes }: Sight,
  controller: JenkinsController,
): Promise<readonly JobNumbers[] | undefined> {
  const ways = gatewayHosts(spec).flatMap(({ name }) => {
    const remote = remotes.get(name);
    const port = controller.gatewayPort;
    return remote === undefined ? [] : [{ remote, address: '127.0.0.1', port }];
  });
  const client = createJenkinsClient(ways, controller.admin);
  const answer = await client.get(`/api/json?tree=${tree}`);
  if (failed(answer) || answer.status !== 200) return undefined;
  const jobs = answerForm.safeParse(jsonOf(answer)).data?.jobs;
  return jobs?.flatMap((one) => numbersIn(controller.name, '', one));
}

function numbersIn(
  controller: string,
  folder: string,
  { name, nextBuildNumber, jobs = [] }: z.output<typeof job>,
): readonly JobNumbers[] {
  const path = `${folder}${name}`;
  const own =
    nextBuildNumber === undefined ? [] : [{ controller, job: path, nextBuild: nextBuildNumber }];
  return [...own, ...jobs.flatMap((one) => numbersIn(controller, `${path}/`, one))];
}
