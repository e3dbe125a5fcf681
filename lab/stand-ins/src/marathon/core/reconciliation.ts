import type { Cluster } from './cluster.ts';
import type { World } from './world.ts';

const launchSettlesMs = 10_000;

/** Asks Mesos again and again what became of the tasks: updates get lost when masters and leaders change. */
export class Reconciliation {
  readonly #cluster: Cluster;
  readonly #world: World;
  #nextAt = Infinity;

  constructor(cluster: Cluster, world: World) {
    this.#cluster = cluster;
    this.#world = world;
  }

  /** Right after a master's election there is no answer, because its agents are not back yet: hence twice. */
  subscribed(): void {
    this.#ask();
    this.#nextAt = this.#world.now() + this.#world.options.reconciliationInitialDelayMs;
  }

  disconnected(): void {
    this.#nextAt = Infinity;
  }

  tick(): void {
    const now = this.#world.now();
    if (now < this.#nextAt) return;
    this.#ask();
    this.#nextAt = now + this.#world.options.reconciliationIntervalMs;
  }

  /**
   * First the tasks we know, then whatever else the master has of ours. One that is just being
   * launched is left out: the master may not have heard of it yet and would call it unknown.
   */
  #ask(): void {
    const now = this.#world.now();
    const known = this.#cluster.instances().filter((one) => now - one.stagedAt > launchSettlesMs);
    const tasks = known.map((one) => ({
      task_id: { value: one.id },
      agent_id: { value: one.agentId },
    }));
    if (tasks.length > 0) this.#world.send({ type: 'RECONCILE', reconcile: { tasks } });
    this.#world.send({ type: 'RECONCILE', reconcile: { tasks: [] } });
  }
}
