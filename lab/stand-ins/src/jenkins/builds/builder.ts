import { isAbsolute, join } from 'node:path/posix';
import type { Clock } from '../../shared/clock.ts';
import type { JenkinsLog } from '../cloud.ts';
import type { Job, Jobs } from '../jobs.ts';
import type { BuildNode, Nodes } from '../nodes.ts';
import type { Queue, QueueItem } from '../queue.ts';
import type { BuildStore } from './build-store.ts';
import type { Build, Result } from './build.ts';
import { buildEnvironment } from './environment.ts';
import { toDiscard, type Retention } from './discard.ts';
import { runBuild } from './run-build.ts';

const logger = 'hudson.model.Run';

export interface BuilderParts {
  readonly home: string;
  readonly jobs: Jobs;
  readonly queue: Queue;
  readonly nodes: Nodes;
  readonly builds: BuildStore;
  readonly clock: Clock;
  readonly log: JenkinsLog;
  /** The configured address; undefined: builds do not know it. */
  readonly rootUrl: () => string | undefined;
  /** For jobs with and without a rule of their own. */
  readonly retentions: (own: Retention | undefined) => readonly Retention[];
}

/** Makes builds of queue items, and knows those that run. */
export class Builder {
  readonly #parts: BuilderParts;
  readonly #running = new Map<string, AbortController>();

  constructor(parts: BuilderParts) {
    this.#parts = parts;
  }

  begin(item: QueueItem, node: BuildNode): void {
    const { jobs, queue, nodes, builds, clock } = this.#parts;
    const job = jobs.get(item.job);
    const { agent } = node;
    if (job === undefined || agent === undefined) return;
    const number = Math.max(job.nextBuildNumber, builds.highest(job.name) + 1);
    jobs.setNextBuildNumber(job.name, number + 1);
    const executor = freeExecutor(node, builds.running());
    const build: Build = {
      ...{ job: job.name, number, queueId: item.id, timestamp: clock.now() },
      ...{ result: undefined, durationMs: 0, builtOn: node.name, executor },
      workspace: workspaceOf(job, node, builds.running()),
      ...{ user: item.user, parameters: item.parameters },
    };
    builds.save(build);
    queue.started(item.id, number, clock.now());
    nodes.occupy(node.name);
    void this.#run(build, job, node);
  }

  /** False: it does not run. */
  stop(job: string, number: number, user: string): boolean {
    const running = this.#running.get(`${job}/${number}`);
    running?.abort(user);
    return running !== undefined;
  }

  /** Applies the rules for how many builds a job keeps. */
  discard(job: Job): void {
    const { builds, retentions, clock } = this.#parts;
    for (const retention of retentions(job.config.retention))
      for (const { number } of toDiscard(builds.of(job.name), retention, clock.now()))
        builds.remove(job.name, number);
  }

  async #run(build: Build, job: Job, node: BuildNode): Promise<void> {
    const { builds, nodes, clock, jobs } = this.#parts;
    const result = await this.#result(build, job, node);
    const durationMs = clock.now() - build.timestamp;
    // Deleted while it ran: nothing of it comes back.
    if (builds.get(build.job, build.number) !== undefined)
      builds.save({ ...build, result, durationMs });
    nodes.release(node.name);
    const current = jobs.get(job.name);
    if (current !== undefined) this.discard(current);
  }

  async #result(build: Build, job: Job, node: BuildNode): Promise<Result> {
    const { builds, rootUrl, home, log } = this.#parts;
    const abort = new AbortController();
    const key = `${build.job}/${build.number}`;
    this.#running.set(key, abort);
    try {
      const { agent } = node;
      if (agent === undefined) return 'FAILURE';
      return await runBuild({
        ...{ config: job.config, node, agent, workspace: build.workspace, user: build.user },
        env: buildEnvironment(build, { node, home, rootUrl: rootUrl() }),
        print: (text) => {
          builds.append(build, text);
        },
        archive: (path) => builds.archive(build, path),
        signal: abort.signal,
      });
    } catch (fault) {
      log('WARNING', logger, `${build.job} #${build.number} failed: ${String(fault)}`);
      return 'FAILURE';
    } finally {
      this.#running.delete(key);
    }
  }
}

function freeExecutor(node: BuildNode, running: readonly Build[]): number {
  const taken = running.filter(({ builtOn }) => builtOn === node.name).map((one) => one.executor);
  return Array.from({ length: node.executors }, (_, n) => n).find((n) => !taken.includes(n)) ?? 0;
}

/** `workspace/job`, and `workspace/job@2` for a second build at the same time on the same node. */
function workspaceOf(job: Job, node: BuildNode, running: readonly Build[]): string {
  const base = node.agent?.root ?? '/';
  const remote = node.remoteFs ?? '';
  const first = join(isAbsolute(remote) ? remote : join(base, remote), 'workspace', job.name);
  const taken = running.filter(({ builtOn }) => builtOn === node.name).map((one) => one.workspace);
  if (!taken.includes(first)) return first;
  let copy = 2;
  while (taken.includes(`${first}@${copy}`)) copy++;
  return `${first}@${copy}`;
}
