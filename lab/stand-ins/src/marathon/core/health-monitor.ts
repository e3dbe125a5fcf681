import type { App, HealthCheck } from '../app/app-schema.ts';
import type { Cluster } from './cluster.ts';
import { isDying } from './decide.ts';
import {
  isForgiven,
  isHopeless,
  judged,
  unknownHealth,
  type HealthResult,
  type Verdict,
} from './health-result.ts';
import { instanceIdOf, type Instance } from './instance.ts';
import { isRunByMesos } from './mesos-health-check.ts';
import { healthTarget } from './health-target.ts';
import type { Probe } from './probe.ts';
import type { World } from './world.ts';

interface Watch {
  readonly result: HealthResult;
  readonly nextAt: number;
  readonly busy: boolean;
}

/** HTTP, HTTPS and TCP are asked from here, as the leader does; MESOS_* and COMMAND come with task statuses. */
export class HealthMonitor {
  readonly #cluster: Cluster;
  readonly #world: World;
  readonly #probe: Probe;
  readonly #onUnhealthy: (instance: Instance) => void;
  readonly #watches = new Map<string, Watch>();

  constructor(parts: {
    cluster: Cluster;
    world: World;
    probe: Probe;
    onUnhealthy: (instance: Instance) => void;
  }) {
    this.#cluster = parts.cluster;
    this.#world = parts.world;
    this.#probe = parts.probe;
    this.#onUnhealthy = parts.onUnhealthy;
  }

  results(instance: Instance, app: App): HealthResult[] {
    return app.healthChecks
      .map((_, index) => this.#watches.get(key(instance.id, index))?.result)
      .filter((result) => result !== undefined);
  }

  /** The executor's word on a task. */
  told(taskId: string, healthy: boolean): void {
    const instance = this.#cluster.instance(taskId);
    const checks = (instance && this.#appOf(instance)?.healthChecks) ?? [];
    for (const [index, check] of checks.entries()) {
      if (instance === undefined || !isRunByMesos(check)) continue;
      const cause = healthy ? undefined : '';
      this.#note(index, { instance, check, cause, now: this.#world.now() });
    }
  }

  /** Starts the checks that are due; resolves when their answers are in. */
  async tick(): Promise<void> {
    this.#forgetEnded();
    const due = this.#cluster
      .instances()
      .filter((one) => one.state === 'TASK_RUNNING' && !isDying(one));
    await Promise.all(due.map((one) => this.#checkAll(one)));
  }

  #forgetEnded(): void {
    for (const known of [...this.#watches.keys()]) {
      const taskId = known.slice(0, known.lastIndexOf(' '));
      if (this.#cluster.instance(taskId) === undefined) this.#watches.delete(known);
    }
  }

  /** The checks of the version that the task was started from: a newer one may ask for another path. */
  #appOf({ appId, version }: Instance): App | undefined {
    const record = this.#cluster.app(appId);
    return record?.versions.find((one) => one.version === version) ?? record?.app;
  }

  async #checkAll(instance: Instance): Promise<void> {
    const app = this.#appOf(instance);
    await Promise.all(
      (app?.healthChecks ?? []).map(async (check, index) => {
        if (isRunByMesos(check)) this.#restore(instance, index);
        else await this.#check({ instance, check, index }, app);
      }),
    );
  }

  /** A new leader has the executor's last word in the stored instance; there will not be another soon. */
  #restore(instance: Instance, index: number): void {
    const id = key(instance.id, index);
    if (instance.healthy === undefined || this.#watches.has(id)) return;
    const now = this.#world.now();
    const unknown = unknownHealth(instance);
    const stamp = new Date(now).toISOString();
    const alive = { ...unknown, alive: true, firstSuccess: stamp, lastSuccess: stamp };
    const result = instance.healthy ? alive : unknown;
    this.#watches.set(id, { result, nextAt: now, busy: false });
  }

  async #check(
    { instance, check, index }: { instance: Instance; check: HealthCheck; index: number },
    app: App | undefined,
  ): Promise<void> {
    const target = app && healthTarget(instance, check, app);
    if (target === undefined) return;
    const id = key(instance.id, index);
    const watch = this.#watch(instance, index);
    const now = this.#world.now();
    if (watch.busy || now < watch.nextAt) return;
    this.#watches.set(id, { ...watch, nextAt: now + check.intervalSeconds * 1000, busy: true });
    const cause = await this.#probe(target);
    const present = this.#cluster.instance(instance.id);
    if (present === undefined) return;
    this.#note(index, { instance: present, check, cause, now: this.#world.now() });
  }

  #watch(instance: Instance, index: number): Watch {
    const known = this.#watches.get(key(instance.id, index));
    return known ?? { result: unknownHealth(instance), nextAt: 0, busy: false };
  }

  #note(index: number, verdict: Verdict): void {
    const { instance, check, cause } = verdict;
    const { result: before, nextAt } = this.#watch(instance, index);
    const after = judged(before, verdict);
    this.#watches.set(key(instance.id, index), { result: after, nextAt, busy: false });
    this.#conclude(instance);
    if (cause === undefined || isForgiven(before, verdict)) return;
    const { appId } = instance;
    const instanceId = instanceIdOf(instance.id);
    this.#world.publish('failed_health_check_event', { appId, instanceId, healthCheck: check });
    if (isHopeless(check, before) && this.#mayKill(instance)) this.#giveUp(instance, after);
  }

  #conclude(instance: Instance): void {
    const app = this.#appOf(instance);
    const results = app === undefined ? [] : this.results(instance, app);
    const healthy = results.length > 0 && results.every(({ alive }) => alive);
    if (healthy === instance.healthy) return;
    void this.#cluster.putInstance({ ...instance, healthy });
    const { appId, version } = instance;
    const instanceId = instanceIdOf(instance.id);
    const fields = { appId, instanceId, version, alive: healthy };
    this.#world.publish('health_status_changed_event', fields);
    this.#world.publish('instance_health_changed_event', {
      instanceId,
      runSpecId: appId,
      runSpecVersion: version,
      healthy,
    });
  }

  /** With a minimum below 1 an unhealthy task stays while too few healthy ones would be left (1.8+). */
  #mayKill({ id, appId }: Instance): boolean {
    const app = this.#cluster.app(appId)?.app;
    if (app === undefined || app.upgradeStrategy.minimumHealthCapacity >= 1) return true;
    const others = this.#cluster.instances(appId).filter((one) => one.id !== id && !isDying(one));
    const healthy = others.filter((one) => one.healthy === true).length;
    return healthy / app.instances >= app.upgradeStrategy.minimumHealthCapacity;
  }

  #giveUp(instance: Instance, { lastFailureCause, lastFailure }: HealthResult): void {
    const { id, appId, version, host, agentId } = instance;
    this.#world.log.warning(`${id} is unhealthy: ${lastFailureCause ?? ''}`);
    this.#world.publish('unhealthy_instance_kill_event', {
      ...{ appId, taskId: id, instanceId: instanceIdOf(id), version, host, slaveId: agentId },
      ...{ reason: lastFailureCause ?? 'unknown', timestamp: lastFailure },
    });
    const present = this.#cluster.instance(id);
    if (present !== undefined && !isDying(present)) this.#onUnhealthy(present);
  }
}

function key(taskId: string, index: number): string {
  return `${taskId} ${index}`;
}
