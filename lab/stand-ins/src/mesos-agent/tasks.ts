import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../shared/clock.ts';
import type { RunningTask } from '../shared/agent-wire.ts';
import { hasCapability, isTerminal } from '../shared/mesos.ts';
import type { FrameworkInfo, TaskInfo, TaskStatus } from '../shared/mesos.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Executor, ExecutorEvents, Exit } from './executor.ts';
import { frameworkIdOf, isDockerTask, keyOf, type TaskRun } from './task-run.ts';
import { Updates } from './updates.ts';

export interface TasksOptions {
  readonly clock: Clock;
  readonly workDir: string;
  readonly checkpoint: Checkpoint;
  readonly docker: Executor | undefined;
  readonly process: Executor;
  /** `--executor_registration_timeout`, with the text it was given in: it bounds the image pull too. */
  readonly registrationTimeout: { readonly ms: number; readonly text: string };
  readonly gracePeriodMs: number;
  readonly agentId: () => string;
  readonly send: (run: TaskRun, status: TaskStatus) => void;
}

const maxCompleted = 150;

/** All tasks of this agent. */
export class Tasks {
  readonly runs = new Map<string, TaskRun>();
  readonly completed: TaskRun[] = [];
  readonly #options: TasksOptions;
  readonly #updates: Updates;

  constructor(options: TasksOptions) {
    this.#options = options;
    this.#updates = new Updates({
      clock: options.clock,
      agentId: options.agentId,
      send: options.send,
      onChange: (run) => {
        this.#save(run);
      },
      onDone: (run) => {
        this.#complete(run);
      },
    });
  }

  launch(framework: FrameworkInfo, task: TaskInfo): void {
    const containerId = randomUUID();
    const run: TaskRun = {
      framework,
      task,
      containerId,
      sandbox: this.#sandbox(framework, task, containerId),
      state: 'TASK_STAGING',
      statuses: [],
      pending: [],
      killed: false,
    };
    this.runs.set(keyOf(run), run);
    this.#save(run);
    const executor = this.#executorOf(run);
    if (executor === undefined) {
      this.#failLaunch(run, 'No container launcher for tasks of this type');
      return;
    }
    this.#limitLaunch(run);
    executor.launch(run, this.#events(run)).catch((fault: unknown) => {
      this.#failLaunch(run, fault instanceof Error ? fault.message : String(fault));
    });
  }

  /** After a restart: `false`, and the task is reported as failed, when nothing of it is left. */
  async adopt(run: TaskRun, executorsLive: boolean): Promise<boolean> {
    this.runs.set(keyOf(run), run);
    if (isTerminal(run.state)) return true;
    const executor = executorsLive ? this.#executorOf(run) : undefined;
    if (executor !== undefined && (await executor.adopt(run, this.#events(run)))) return true;
    this.#updates.add(run, {
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Executor terminated',
    });
    return false;
  }

  kill(frameworkId: string, taskId: string, graceMs: number | undefined): void {
    const run = this.runs.get(`${frameworkId} ${taskId}`);
    if (run === undefined || isTerminal(run.state)) return;
    const policy = run.task.kill_policy?.grace_period?.nanoseconds;
    const grace = graceMs ?? (policy === undefined ? this.#options.gracePeriodMs : policy / 1e6);
    run.killed = true;
    if (hasCapability(run.framework, 'TASK_KILLING_STATE')) {
      this.#updates.add(run, { state: 'TASK_KILLING', source: 'SOURCE_EXECUTOR' });
    }
    this.#executorOf(run)
      ?.kill(run, grace)
      .catch(() => undefined);
  }

  acknowledge(frameworkId: string, taskId: string, uuid: string): void {
    const run = this.runs.get(`${frameworkId} ${taskId}`);
    if (run !== undefined) this.#updates.acknowledge(run, uuid);
  }

  /** Nobody is interested any more: everything of the framework ends, without updates. */
  shutdownFramework(frameworkId: string): void {
    for (const run of this.#ofFramework(frameworkId)) {
      this.#updates.forget(run);
      if (!isTerminal(run.state)) {
        run.killed = true;
        this.#executorOf(run)
          ?.kill(run, this.#options.gracePeriodMs)
          .catch(() => undefined);
      }
      run.state = isTerminal(run.state) ? run.state : 'TASK_KILLED';
      this.#complete(run);
    }
  }

  /** Everything ends because the agent does; the result is how long that may take. */
  shutdownAll(): number {
    const ids = new Set([...this.runs.values()].map(frameworkIdOf));
    for (const id of ids) this.shutdownFramework(id);
    return ids.size === 0 ? 0 : this.#options.gracePeriodMs;
  }

  resend(): void {
    for (const run of this.runs.values()) this.#updates.resend(run);
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

  #ofFramework(id: string): TaskRun[] {
    return [...this.runs.values()].filter((run) => frameworkIdOf(run) === id);
  }

  #executorOf(run: TaskRun): Executor | undefined {
    return isDockerTask(run) ? this.#options.docker : this.#options.process;
  }

  #sandbox(framework: FrameworkInfo, task: TaskInfo, containerId: string): string {
    return join(
      ...[this.#options.workDir, 'slaves', this.#options.agentId()],
      ...['frameworks', framework.id?.value ?? '', 'executors', task.task_id.value],
      ...['runs', containerId],
    );
  }

  #limitLaunch(run: TaskRun): void {
    const { clock, registrationTimeout } = this.#options;
    clock.after(registrationTimeout.ms, () => {
      if (run.state !== 'TASK_STAGING') return;
      this.#updates.add(run, {
        state: 'TASK_FAILED',
        source: 'SOURCE_AGENT',
        reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
        message: `Executor did not register within ${registrationTimeout.text}`,
      });
    });
  }

  #failLaunch(run: TaskRun, message: string): void {
    this.#updates.add(run, {
      state: run.killed ? 'TASK_KILLED' : 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_CONTAINER_LAUNCH_FAILED',
      message,
    });
  }

  #events(run: TaskRun): ExecutorEvents {
    return {
      onLaunchFailed: (message) => {
        this.#failLaunch(run, message);
      },
      onStarting: (ipAddress) => {
        this.#updates.add(run, { state: 'TASK_STARTING', source: 'SOURCE_EXECUTOR', ipAddress });
      },
      onRunning: ({ ipAddress, inspection, pid }) => {
        this.#updates.add(run, {
          state: 'TASK_RUNNING',
          source: 'SOURCE_EXECUTOR',
          ipAddress,
          ...(inspection === undefined ? {} : { data: Buffer.from(inspection).toString('base64') }),
          ...(pid === undefined ? {} : { executorPid: pid }),
        });
      },
      onExit: (exit) => {
        this.#ended(run, exit);
      },
    };
  }

  #ended(run: TaskRun, { code, message }: Exit): void {
    const unbidden = code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED';
    const state = run.killed ? 'TASK_KILLED' : unbidden;
    this.#updates.add(run, { state, source: 'SOURCE_EXECUTOR', message });
  }

  #complete(run: TaskRun): void {
    this.runs.delete(keyOf(run));
    this.completed.push(run);
    if (this.completed.length > maxCompleted) this.completed.shift();
    this.#options.checkpoint.removeRun(this.#options.agentId(), run);
  }

  /** Only frameworks that asked for it survive the agent. */
  #save(run: TaskRun): void {
    if (run.framework.checkpoint !== true || !this.runs.has(keyOf(run))) return;
    this.#options.checkpoint.saveRun(this.#options.agentId(), run);
  }
}

/** For `/state`. */
export function frameworksOf(tasks: Tasks): FrameworkInfo[] {
  const infos = [...tasks.runs.values()].map(({ framework }) => framework);
  return [...new Map(infos.map((info) => [info.id?.value, info])).values()];
}
