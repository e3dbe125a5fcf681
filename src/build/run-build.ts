import type { JenkinsController } from '../config/cluster-spec.ts';
import { gatewayHosts } from '../cluster/members.ts';
import { ClusterError } from '../errors.ts';
import type { Sight } from '../health/sight.ts';
import type { Ports } from '../ports.ts';
import type { Report } from '../run/events.ts';
import type { BuildOutcome, BuildRecord } from './build-record.ts';
import { callOff } from './call-off.ts';
import { canaryJob, type CanaryJob } from './canary-job.ts';
import { diagnose } from './diagnose.ts';
import { createJenkinsClient, type JenkinsClient, type Way } from '../health/jenkins-client.ts';
import { createMesosView } from './mesos-view.ts';
import { observeStuck } from './observe-stuck.ts';
import { checkController, ensureJob, startJob } from './start-job.ts';
import { beginWatch, follow, lookBefore, reached, type Watch } from './watch.ts';

export interface BuildRequest {
  readonly sight: Sight;
  readonly ports: Ports;
  readonly report: Report;
  readonly controller: JenkinsController;
  readonly label: string;
  readonly timeoutMs: number;
  /** Another job than the canary of the label. */
  readonly job?: CanaryJob | undefined;
  /** Gets the record before anything is filled in, for those who cannot wait for the end. */
  readonly onRecord?: ((record: Readonly<BuildRecord>) => void) | undefined;
}

/** Time for an image to be pulled and a build agent to start, and then for the build itself. */
export const defaultTimeoutMs = 15 * 60_000;

/**
 * One canary build, from its job to its result. What did not go well is in the outcome; only an
 * interruption and bugs are thrown, after the build was called off.
 */
export async function runBuild(request: BuildRequest): Promise<BuildOutcome> {
  const { ports, controller, label } = request;
  const job = request.job ?? canaryJob(controller.canary, label, ports.quote);
  const record = emptyRecord(controller.name, label, job.name);
  request.onRecord?.(record);
  const client = createJenkinsClient(waysTo(request), controller.admin);
  try {
    await checkController(client, controller);
    await ensureJob(client, controller, job);
    const watch = watchOf(request, record, client);
    await lookBefore(watch);
    watch.state.queueId = await startJob(client, controller, job);
    reached(watch, 'queued', `item ${watch.state.queueId} of ${job.name}`);
    return { record, error: await watched(watch, request) };
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 'INTERRUPTED') throw error;
    return { record, error };
  }
}

/** Every gateway leads to the controller, wherever it runs now. */
function waysTo({ sight, controller }: BuildRequest): readonly Way[] {
  return gatewayHosts(sight.spec).flatMap(({ name }) => {
    const remote = sight.remotes.get(name);
    return remote === undefined
      ? []
      : [{ remote, address: '127.0.0.1', port: controller.gatewayPort }];
  });
}

function emptyRecord(controller: string, label: string, job: string): BuildRecord {
  return {
    ...{ controller, label, job, number: undefined, result: undefined },
    ...{ buildAgent: undefined, host: undefined, reused: false },
    ...{ artifacts: [], moments: {}, console: [] },
  };
}

function watchOf(request: BuildRequest, record: BuildRecord, client: JenkinsClient): Watch {
  const { ports, report, sight, controller, timeoutMs } = request;
  const framework = controller.framework.id;
  const mesos = createMesosView(sight);
  return beginWatch({ client, mesos, framework, ports, report, record, timeoutMs });
}

/** Undefined if the build succeeded. */
async function watched(watch: Watch, request: BuildRequest): Promise<ClusterError | undefined> {
  const ended = await follow(watch).catch(async (error: unknown) => {
    throw interrupted(error, await callOff(watch));
  });
  if (ended) {
    await findHost(watch, request);
    return watch.record.result === 'SUCCESS' ? undefined : buildFailed(watch, request);
  }
  if (watch.state.cancelled) return cancelled(watch);
  const error = diagnose(await observeStuck(watch, request.sight, request.controller));
  return withNote(error, await callOff(watch));
}

function interrupted(error: unknown, done: string): unknown {
  if (!(error instanceof ClusterError) || done === '') return error;
  return withNote(error, done);
}

/** What was taken back belongs to the message: nobody wants to look for it in Jenkins. */
function withNote({ code, message, remedy, evidence, cause }: ClusterError, note: string) {
  const text = note === '' ? message : `${message}; ${note}`;
  return new ClusterError(code, text, { remedy, evidence, cause });
}

async function findHost({ mesos, record, state }: Watch, { sight }: BuildRequest): Promise<void> {
  const { buildAgent } = record;
  if (buildAgent === undefined) return;
  const ran = [...state.tasks.values()].find(({ task }) => task.id.includes(buildAgent));
  if (ran === undefined) return;
  const agent = (await mesos.agents())?.find(({ id }) => id === ran.task.agentId);
  const host = sight.spec.hosts.find(({ address }) => address === agent?.hostname);
  record.host = host?.name ?? agent?.hostname;
}

const shownLines = 15;

function buildFailed({ record }: Watch, { controller }: BuildRequest): ClusterError {
  const { job, number = 0, result } = record;
  const page = `${controller.url}job/${job}/${number}/console`;
  return new ClusterError(
    'BUILD_FAILED',
    `${controller.name}: build ${number} of ${job} ended with ${result ?? 'no result'}`,
    {
      evidence: record.console.slice(-shownLines),
      remedy: `The whole console is at ${page}; correct "canary:" of the controller if its own script fails.`,
    },
  );
}

function cancelled({ record, state }: Watch): ClusterError {
  const item = `queue item ${state.queueId ?? 0} of ${record.job}`;
  const what = `${record.controller}: somebody cancelled ${item}`;
  return new ClusterError('BUILD_FAILED', what, { remedy: 'Run the same command again.' });
}
