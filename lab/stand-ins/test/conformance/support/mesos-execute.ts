import { accept, decline } from '../../../src/mesos-master/accept.ts';
import type { Core } from '../../../src/mesos-master/core.ts';
import { disconnectFramework } from '../../../src/mesos-master/frameworks.ts';
import { removeFramework, subscribe } from '../../../src/mesos-master/frameworks.ts';
import { rolesOf, type Framework } from '../../../src/mesos-master/state.ts';
import { acknowledge } from '../../../src/mesos-master/updates.ts';
import { isTerminal } from '../../../src/shared/mesos.ts';
import type { FrameworkInfo, Offer, TaskInfo, TaskStatus } from '../../../src/shared/mesos.ts';
import { parseResources } from '../../../src/shared/resources.ts';

interface Event {
  readonly offers?: { readonly offers: readonly Offer[] };
  readonly update?: { readonly status: TaskStatus };
}

export interface ExecuteWish {
  readonly command?: string;
  readonly resources?: string;
  readonly failoverTimeout?: number;
  /** It found the new leader and is back with its framework. */
  readonly id?: string;
  /** Acknowledges the end before it leaves; otherwise it leaves in such haste that the acknowledgement never counts. */
  readonly thorough?: boolean;
}

const info: FrameworkInfo = {
  user: 'root',
  name: 'mesos-execute instance',
  failover_timeout: 0,
  checkpoint: false,
  role: '*',
  capabilities: [
    ...['RESERVATION_REFINEMENT', 'TASK_KILLING_STATE', 'REVOCABLE_RESOURCES', 'PARTITION_AWARE'],
  ].map((type) => ({ type })),
};

/** The program `mesos-execute`, with which the recorded cluster got its tasks: one task, then the end. */
export class MesosExecute {
  readonly framework: Framework;
  readonly #core: Core;
  readonly #task: string;
  readonly #command: string;
  readonly #resources: string;
  readonly #thorough: boolean;
  #launched = false;
  #present = true;

  constructor(core: Core, task: string, wish: ExecuteWish = {}) {
    this.#core = core;
    this.#task = task;
    this.#command = wish.command ?? 'sleep 100000';
    this.#thorough = wish.thorough ?? false;
    this.#launched = wish.id !== undefined;
    this.#resources = wish.resources ?? 'cpus:0.5;mem:64';
    const stream = {
      id: task,
      // The answer to SUBSCRIBE is out before the program can act on what it says.
      send: (event: object) =>
        void Promise.resolve().then(() => {
          if (this.#present) this.#act(event);
        }),
      end: () => undefined,
    };
    const failover_timeout = wish.failoverTimeout ?? 0;
    const id = wish.id === undefined ? {} : { id: { value: wish.id } };
    const framework_info = { ...info, failover_timeout, ...id };
    this.framework = subscribe(core, { framework_info }, stream);
  }

  /** Killed: it says nothing to the master. */
  leave(): void {
    this.#present = false;
    disconnectFramework(this.#core, this.framework);
  }

  #act({ offers, update }: Event): void {
    if (offers !== undefined) this.#offered(offers.offers);
    if (update !== undefined) this.#updated(update.status);
  }

  #offered(offers: readonly Offer[]): void {
    for (const { id, agent_id: agent } of offers) {
      const offerIds = [id.value];
      if (this.#launched) decline(this.#core, this.framework, { offerIds, refuseSeconds: 1e6 });
      else {
        const tasks = [this.#taskOn(agent.value)];
        accept(this.#core, this.framework, { offerIds, tasks, refuseSeconds: 1e6 });
      }
      this.#launched = true;
    }
    for (const role of rolesOf(this.framework.info)) this.framework.suppressed.add(role);
  }

  #taskOn(agent: string): TaskInfo {
    return {
      name: this.#task,
      task_id: { value: this.#task },
      agent_id: { value: agent },
      resources: parseResources(this.#resources),
      command: { shell: true, value: this.#command },
    };
  }

  #updated({ task_id: task, agent_id: agent, uuid, state }: TaskStatus): void {
    const ids = { taskId: task.value, agentId: agent?.value ?? '' };
    if (isTerminal(state) && this.#thorough) {
      acknowledge(this.#core, this.framework, { ...ids, uuid: uuid ?? '' });
      this.leave();
    } else if (isTerminal(state)) {
      this.#present = false;
      removeFramework(this.#core, this.framework);
    } else if (uuid !== undefined) {
      acknowledge(this.#core, this.framework, { ...ids, uuid });
    }
  }
}
