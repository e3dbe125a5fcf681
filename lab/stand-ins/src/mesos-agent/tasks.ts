import { randomUUID } from 'node:crypto';
import type { DrainMessage, RunningTask } from '../shared/agent-wire.ts';
import { hasCapability, isTerminal } from '../shared/mesos.ts';
import type { FrameworkInfo, TaskInfo, TaskStatus } from '../shared/mesos.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Drain } from './drain.ts';
import type { Garbage } from './garbage.ts';
import type { Executor, Usage } from './executor.ts';
import { Launches, type LaunchOptions } from './launches.ts';
import { launchFailed, reportsOf, type ReportParts } from './reports.ts';
import { sandboxPath } from './sandbox.ts';
import { frameworkIdOf, isDockerTask, isUp, keyOf, type TaskRun } from './task-run.ts';
import { taskParts } from './task-parts.ts';

export interface TasksOptions extends LaunchOptions {
  readonly workDir: string;
  readonly checkpoint: Checkpoint;
  readonly drain: Drain;
  readonly garbage: Garbage;
  readonly docker: Executor | undefined;
  readonly process: Executor;
  readonly gracePeriodMs: number;
  readonly agentId: () => string;
  readonly send: (run: TaskRun, status: TaskStatus) => void;
}

const maxCompleted = 150;
/** What executors keep back of the shutdown grace, to be dead in time (src/docker/executor.cpp, 1.11). */
const shutdownReserveMs = 2000;

/** All tasks of this agent. */
export class Tasks {
  readonly runs = new Map<string, TaskRun>();
  readonly completed: TaskRun[] = [];
  readonly #options: TasksOptions;
  readonly #parts: ReportParts;
  readonly #launches: Launches;
  /** Nobody wants to hear of them any more, but their processes have not ended yet. */
  readonly #dying = new Set<TaskRun>();

  constructor(options: TasksOptions) {
    this.#options = options;
    this.#parts = taskParts({
      ...options,
      executorOf: (run) => this.#executorOf(run),
      save: (run) => {
        this.#save(run);
      },
      complete: (run) => {
        this.#complete(run);
      },
      kill: (run) => {
        this.#kill(run, undefined);
      },
      onEnded: (run) => void this.#dying.delete(run),
    });
    this.#launches = new Launches(options, this.#parts);
  }

  /** Nothing of any task is left. */
  get isQuiet(): boolean {
    return this.#dying.size === 0;
  }

  get drain(): Drain {
    return this.#options.drain;
  }

  get garbage(): Garbage {
    return this.#options.garbage;
  }

  launch(framework: FrameworkInfo, task: TaskInfo): void {
    const containerId = randomUUID();
    const { workDir, agentId } = this.#options;
    const run: TaskRun = {
      framework,
      task,
      containerId,
      sandbox: sandboxPath({ workDir, agentId: agentId(), framework, task, containerId }),
      state: 'TASK_STAGING',
      statuses: [],
      pending: [],
      killed: false,
    };
    this.runs.set(keyOf(run), run);
    this.#save(run);
    const executor = this.#executorOf(run);
    if (executor === undefined) {
      launchFailed(this.#parts, run, 'No container launcher for tasks of this type');
    } else void this.#launches.start(run, executor);
  }

  /** After a restart: `false`, and the task is reported as failed, when nothing of it is left. */
  async adopt(run: TaskRun, executorsLive: boolean): Promise<boolean> {
    this.runs.set(keyOf(run), run);
    if (isTerminal(run.state)) return true;
    const executor = executorsLive ? this.#executorOf(run) : undefined;
    if (executor !== undefined && (await executor.adopt(run, reportsOf(this.#parts, run)))) {
      if (run.killed && isUp(run)) this.#parts.kills.begin(run, run.killGraceMs ?? 0);
      else if (!run.killed) this.#parts.health.start(run);
      return true;
    }
    this.#parts.updates.add(run, {
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Executor terminated',
    });
    return false;
  }

  kill(frameworkId: string, taskId: string, graceMs: number | undefined): void {
    const run = this.runs.get(`${frameworkId} ${taskId}`);
    if (run !== undefined) this.#kill(run, graceMs);
  }

  #kill(run: TaskRun, graceMs: number | undefined): void {
    if (isTerminal(run.state)) return;
    if (run.state === 'TASK_STAGING') {
      this.#forgetLaunch(run);
      return;
    }
    const policy = run.task.kill_policy?.grace_period?.nanoseconds;
    const own = graceMs ?? (policy === undefined ? this.#options.gracePeriodMs : policy / 1e6);
    run.killGraceMs = this.drain.graceMs(own);
    if (!run.killed) {
      run.killed = true;
      if (hasCapability(run.framework, 'TASK_KILLING_STATE')) {
        this.#parts.updates.add(run, { state: 'TASK_KILLING', source: 'SOURCE_EXECUTOR' });
      }
      this.#save(run);
    }
    if (isUp(run)) this.#parts.kills.begin(run, run.killGraceMs);
  }

  #forgetLaunch(run: TaskRun): void {
    this.#launches.abort(run);
    run.killed = true;
    this.#parts.updates.add(run, {
      state: 'TASK_KILLED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
      message: 'Killed before delivery to the executor',
    });
  }

  /** The operator wants this agent empty: what is being killed already is killed under the new bound. */
  beginDrain(message: DrainMessage): void {
    this.drain.begin(message);
    for (const run of [...this.runs.values()]) this.#kill(run, undefined);
    if (this.runs.size === 0) this.drain.end();
  }

  acknowledge(frameworkId: string, taskId: string, uuid: string): void {
    const run = this.runs.get(`${frameworkId} ${taskId}`);
    if (run !== undefined) this.#parts.updates.acknowledge(run, uuid);
  }

  /** Nobody is interested any more: everything of the framework ends, without updates. */
  shutdownFramework(frameworkId: string): void {
    for (const run of this.#ofFramework(frameworkId)) {
      this.#parts.updates.forget(run);
      this.#parts.health.stop(run);
      if (!isTerminal(run.state)) this.#shutdown(run);
      this.#complete(run);
    }
  }

  #shutdown(run: TaskRun): void {
    this.#launches.abort(run);
    run.killed = true;
    run.killGraceMs = Math.max(this.#options.gracePeriodMs - shutdownReserveMs, 0);
    if (run.state !== 'TASK_STAGING') this.#dying.add(run);
    if (isUp(run)) this.#parts.kills.begin(run, run.killGraceMs);
    run.state = 'TASK_KILLED';
  }

  /** Everything ends because the agent does; the result is how long that may take. */
  shutdownAll(): number {
    const ids = new Set([...this.runs.values()].map(frameworkIdOf));
    for (const id of ids) this.shutdownFramework(id);
    return this.isQuiet ? 0 : this.#options.gracePeriodMs;
  }

  resend(): void {
    for (const run of this.runs.values()) this.#parts.updates.resend(run);
  }

  updateFramework(info: FrameworkInfo): void {
    const runs = this.#ofFramework(info.id?.value ?? '');
    for (const run of runs) run.framework = info;
    this.resend();
  }

  /** For (re-)registration. */
  report(): RunningTask[] {
    return [...this.runs.values()].map((run) => ({
      framework_id: frameworkIdOf(run),
      task: run.task,
      state: run.state,
      statuses: run.statuses,
    }));
  }

  /** What runs has used so far. */
  async usages(): Promise<ReadonlyMap<TaskRun, Usage>> {
    const running = [...this.runs.values()].filter((run) => isUp(run) && !isTerminal(run.state));
    const samples = await Promise.all(
      running.map(async (run) => [run, await this.#usage(run)] as const),
    );
    return new Map(samples.flatMap(([run, usage]) => (usage === undefined ? [] : [[run, usage]])));
  }

  #usage(run: TaskRun): Promise<Usage | undefined> {
    const nothing = Promise.resolve(undefined);
    return (
      this.#executorOf(run)
        ?.usage(run)
        .catch(() => undefined) ?? nothing
    );
  }

  #ofFramework(id: string): TaskRun[] {
    return [...this.runs.values()].filter((run) => frameworkIdOf(run) === id);
  }

  #executorOf(run: TaskRun): Executor | undefined {
    return isDockerTask(run) ? this.#options.docker : this.#options.process;
  }

  #complete(run: TaskRun): void {
    this.runs.delete(keyOf(run));
    this.completed.push(run);
    if (this.completed.length > maxCompleted) this.completed.shift();
    this.#options.garbage.add(run.sandbox);
    this.#options.checkpoint.removeRun(this.#options.agentId(), run);
    if (this.runs.size === 0) this.drain.end();
  }

  /** Only frameworks that asked for it survive the agent. */
  #save(run: TaskRun): void {
    if (run.framework.checkpoint !== true || !this.runs.has(keyOf(run))) return;
    this.#options.checkpoint.saveRun(this.#options.agentId(), run);
  }
}
