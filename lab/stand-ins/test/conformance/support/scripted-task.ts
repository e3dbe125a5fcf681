import { randomUUID } from 'node:crypto';
import type { RunningTask } from '../../../src/shared/agent-wire.ts';
import { isTerminal } from '../../../src/shared/mesos.ts';
import type { FrameworkInfo, TaskInfo, TaskState, TaskStatus } from '../../../src/shared/mesos.ts';
import type { FakeClock } from '../../shared/support/fake-clock.ts';

export interface TaskWorld {
  readonly clock: FakeClock;
  readonly ip: string;
  readonly agentId: () => string;
  /** The way to the master; nothing happens while there is none. */
  readonly deliver: (task: ScriptedTask, status: TaskStatus) => void;
  /** Its end was acknowledged. */
  readonly onDone: (task: ScriptedTask) => void;
}

/** How long things took on the recorded cluster. */
const startMs = 260;
const stepMs = 15;
const firstRetryMs = 10_000;

/** A command with its executor: one update under way at a time, sent again after 10, 20, 40 s. */
export class ScriptedTask {
  readonly framework: FrameworkInfo;
  readonly info: TaskInfo;
  state: TaskState = 'TASK_STAGING';
  /** Whether its updates say something about its container. */
  describes = true;
  readonly #world: TaskWorld;
  readonly #containerId = randomUUID();
  readonly #statuses: TaskStatus[] = [];
  readonly #pending: TaskStatus[] = [];
  #cancelRetry: () => void = () => undefined;
  #cancelEnd: () => void = () => undefined;

  constructor(world: TaskWorld, framework: FrameworkInfo, info: TaskInfo) {
    this.#world = world;
    this.framework = framework;
    this.info = info;
    world.clock.after(startMs, () => {
      this.update('TASK_STARTING');
      world.clock.after(stepMs, () => {
        this.update('TASK_RUNNING');
        this.#awaitEnd();
      });
    });
  }

  get id(): string {
    return this.info.task_id.value;
  }

  get frameworkId(): string {
    return this.framework.id?.value ?? '';
  }

  get report(): RunningTask {
    const { frameworkId, info, state } = this;
    return { framework_id: frameworkId, task: info, state, statuses: this.#statuses };
  }

  update(state: TaskState, details: Partial<TaskStatus> = {}): void {
    if (isTerminal(this.state)) return;
    if (isTerminal(state)) this.#cancelEnd();
    this.state = state;
    this.#pending.push({
      task_id: this.info.task_id,
      state,
      source: 'SOURCE_EXECUTOR',
      agent_id: { value: this.#world.agentId() },
      executor_id: this.info.task_id,
      timestamp: this.#world.clock.now() / 1000,
      uuid: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64'),
      ...(this.describes ? { container_status: this.#container() } : {}),
      ...details,
    });
    if (this.#pending.length === 1) this.#send(firstRetryMs);
  }

  resend(): void {
    this.#cancelRetry();
    this.#send(firstRetryMs);
  }

  acknowledged(uuid: string): void {
    if (this.#pending[0]?.uuid !== uuid) return;
    this.#cancelRetry();
    const done = this.#pending.shift();
    if (done !== undefined && isTerminal(done.state)) this.#world.onDone(this);
    this.#send(firstRetryMs);
  }

  forget(): void {
    this.#cancelRetry();
    this.#cancelEnd();
    this.#pending.length = 0;
    this.state = 'TASK_KILLED';
  }

  /** `sleep N` ends after N seconds, `exit N` soon. */
  #awaitEnd(): void {
    const [word = '', number = '0'] = (this.info.command?.value ?? '').split(' ');
    const code = word === 'exit' ? Number(number) : 0;
    const afterMs = word === 'sleep' ? Number(number) * 1000 : 100;
    this.#cancelEnd = this.#world.clock.after(afterMs, () => {
      const message = `Command exited with status ${code}`;
      this.update(code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', { message });
    });
  }

  #send(retryMs: number): void {
    const [status] = this.#pending;
    if (status === undefined) return;
    if (!this.#statuses.includes(status)) this.#statuses.push(status);
    this.#world.deliver(this, status);
    this.#cancelRetry = this.#world.clock.after(retryMs, () => {
      this.#send(retryMs * 2);
    });
  }

  #container(): NonNullable<TaskStatus['container_status']> {
    const address = { protocol: 'IPv4' as const, ip_address: this.#world.ip };
    return {
      container_id: { value: this.#containerId },
      network_infos: [{ ip_addresses: [address] }],
      executor_pid: 4711,
    };
  }
}
