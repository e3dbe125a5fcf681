import type { MasterMessage } from '../../../src/shared/agent-wire.ts';
import { hasCapability, isTerminal } from '../../../src/shared/mesos.ts';
import type { AgentInfo, TaskState, TaskStatus } from '../../../src/shared/mesos.ts';
import { parseAttributes, parseResources } from '../../../src/shared/resources.ts';
import { agentLinkClosed, registerAgent } from '../../../src/mesos-master/agents.ts';
import { forgetAgent } from '../../../src/mesos-master/agent-loss.ts';
import { pong } from '../../../src/mesos-master/agent-ping.ts';
import type { Core } from '../../../src/mesos-master/core.ts';
import type { Agent } from '../../../src/mesos-master/state.ts';
import { agentUpdate } from '../../../src/mesos-master/updates.ts';
import type { FakeClock } from '../../shared/support/fake-clock.ts';
import { ScriptedTask } from './scripted-task.ts';

export interface AgentWish {
  readonly hostname?: string;
  readonly ip?: string;
  readonly port?: number;
  readonly resources?: string;
  readonly rack?: string;
}

const capabilities = [
  ...['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT', 'RESOURCE_PROVIDER'],
  ...['RESIZE_VOLUME', 'AGENT_OPERATION_FEEDBACK', 'AGENT_DRAINING', 'TASK_RESOURCE_LIMITS'],
];

/** From KILL to the end on the recorded cluster. */
const killMs = 80;

type Of<Kind extends MasterMessage['kind']> = Extract<MasterMessage, { kind: Kind }>;
type Handlers = { readonly [Kind in MasterMessage['kind']]: (message: Of<Kind>) => void };

/** An agent with command executors as the recorded one had, on the master's own doorstep: no wire, no processes. */
export class ScriptedAgent {
  readonly tasks = new Map<string, ScriptedTask>();
  /** Whether its tasks heed SIGTERM. */
  obeys = true;
  /** What the master said when it sent the agent away. */
  shutdown: string | undefined;
  agent: Agent | undefined;
  readonly #clock: FakeClock;
  #info: AgentInfo;
  readonly #pid: string;
  readonly #ip: string;
  #core: Core | undefined;
  #draining = false;

  constructor(clock: FakeClock, wish: AgentWish = {}) {
    this.#clock = clock;
    const { hostname = '127.0.0.1', ip = '127.0.0.1', port = 5161, rack = 'r1' } = wish;
    const resources = wish.resources ?? 'cpus:4;mem:2048;disk:4096;ports:[31000-31999]';
    this.#ip = ip;
    this.#pid = `slave(1)@${ip}:${port}`;
    this.#info = {
      hostname,
      port,
      resources: parseResources(resources),
      attributes: parseAttributes(`rack:${rack}`),
    };
  }

  get id(): string {
    return this.#info.id?.value ?? '';
  }

  /** For the first time or again, with whatever runs. */
  async register(core: Core): Promise<void> {
    this.#core = core;
    const tasks = [...this.tasks.values()];
    const link = {
      send: (message: object) => {
        const { kind } = message as MasterMessage;
        (this.#handlers[kind] as (message: object) => void)(message);
      },
      close: () => undefined,
    };
    const registration = {
      kind: 'register',
      agent: this.#info,
      pid: this.#pid,
      version: '1.12.0',
      capabilities,
      tasks: tasks.map(({ report }) => report),
      frameworks: tasks.map(({ framework }) => framework),
    } as const;
    this.agent = await registerAgent(core, registration, link);
    for (const task of tasks) task.resend();
  }

  /** The process is gone; with it the tasks of frameworks that do not checkpoint. */
  cut(): void {
    const { agent } = this;
    if (agent?.link !== undefined && this.#core !== undefined) {
      agentLinkClosed(this.#core, agent, agent.link);
    }
    for (const task of this.tasks.values()) {
      if (task.framework.checkpoint !== true) this.#forget(task);
    }
  }

  /** SIGUSR1. */
  async unregister(): Promise<void> {
    if (this.agent === undefined || this.#core === undefined) return;
    const tasks = [...this.tasks.values()];
    await forgetAgent(this.#core, this.agent, {
      message: `Agent ${this.#info.hostname} removed: the agent unregistered`,
      counter: 'slave_removals/reason_unregistered',
    });
    for (const task of tasks) this.#forget(task);
  }

  /** kill -9 of the executor: the agent speaks for it. */
  killExecutor(taskId: string): void {
    const task = this.#find(taskId);
    if (task === undefined) return;
    task.describes = false;
    task.update('TASK_FAILED', {
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Executor terminated',
    });
  }

  /** The task's process is killed from outside. */
  end(taskId: string, state: TaskState, details: Partial<TaskStatus>): void {
    this.#find(taskId)?.update(state, details);
  }

  /** It did not heed SIGTERM; after SIGKILL nothing is left to describe. */
  forceEnd(taskId: string): void {
    const task = this.#find(taskId);
    if (task === undefined) return;
    task.describes = false;
    this.#kill(task, 'TASK_KILLED');
  }

  #find(taskId: string): ScriptedTask | undefined {
    return [...this.tasks.values()].find(({ id }) => id === taskId);
  }

  readonly #handlers: Handlers = {
    registered: ({ agent_id: value }) => {
      this.#info = { ...this.#info, id: { value } };
    },
    ping: () => {
      if (this.agent !== undefined) pong(this.agent);
    },
    launch: ({ framework, task }) => {
      const started = new ScriptedTask(this.#world, framework, task);
      this.tasks.set(keyOf(started), started);
    },
    acknowledge: ({ framework_id: framework, task_id: task, uuid }) => {
      this.tasks.get(`${framework} ${task}`)?.acknowledged(uuid);
    },
    kill: ({ framework_id: framework, task_id: task }) => {
      this.#terminate(this.tasks.get(`${framework} ${task}`));
    },
    drain: () => {
      this.#draining = true;
      for (const task of this.tasks.values()) this.#terminate(task);
    },
    'framework-updated': () => {
      for (const task of this.tasks.values()) task.resend();
    },
    'shutdown-framework': ({ framework_id: id }) => {
      for (const task of this.tasks.values()) if (task.frameworkId === id) this.#forget(task);
    },
    shutdown: ({ message }) => {
      this.shutdown = message;
    },
  };

  get #world() {
    return {
      clock: this.#clock,
      ip: this.#ip,
      agentId: () => this.id,
      deliver: (task: ScriptedTask, status: TaskStatus) => {
        this.#deliver(task, status);
      },
      onDone: (task: ScriptedTask) => {
        this.#forget(task);
      },
    };
  }

  #deliver(task: ScriptedTask, status: TaskStatus): void {
    const { agent } = this;
    if (this.#core === undefined || agent?.connected !== true) return;
    agentUpdate(this.#core, agent, {
      kind: 'update',
      framework_id: task.frameworkId,
      status,
      latest_state: task.state,
    });
  }

  #terminate(task: ScriptedTask | undefined): void {
    if (task === undefined || isTerminal(task.state)) return;
    if (hasCapability(task.framework, 'TASK_KILLING_STATE')) this.#kill(task, 'TASK_KILLING');
    if (!this.obeys) return;
    this.#clock.after(killMs, () => {
      this.#kill(task, 'TASK_KILLED');
    });
  }

  #kill(task: ScriptedTask, state: TaskState): void {
    task.update(state, {
      ...(state === 'TASK_KILLED' ? { message: 'Command terminated with signal Terminated' } : {}),
      ...(this.#draining ? { reason: 'REASON_AGENT_DRAINING' } : {}),
    });
  }

  #forget(task: ScriptedTask): void {
    task.forget();
    this.tasks.delete(keyOf(task));
  }
}

function keyOf({ frameworkId, id }: ScriptedTask): string {
  return `${frameworkId} ${id}`;
}
