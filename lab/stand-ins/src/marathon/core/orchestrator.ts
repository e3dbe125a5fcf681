import type { Offer, TaskStatus } from '../mesos/wire.ts';
import { BackOff } from './back-off.ts';
import type { Cluster } from './cluster.ts';
import { decide, isDying, isInactive, type Decision } from './decide.ts';
import { delaysLaunch, isFailure, isTerminal, type Instance } from './instance.ts';
import { LaunchQueue } from './launch-queue.ts';
import { Launcher } from './launcher.ts';
import { OfferDemand } from './offer-demand.ts';
import { failureOf, statusEvent, withStatus } from './status-update.ts';
import { killPolicy } from './task-info.ts';
import type { World } from './world.ts';

const launchSettlesMs = 10_000;

/** Keeps every app at its definition: the part of the leader that talks to Mesos. */
export class Orchestrator {
  readonly queue = new LaunchQueue();
  readonly backOff = new BackOff();
  readonly #cluster: Cluster;
  readonly #world: World;
  readonly #demand: OfferDemand;
  readonly #launcher: Launcher;
  #subscribed = false;
  #reconcileAt = Infinity;

  constructor(cluster: Cluster, world: World) {
    this.#cluster = cluster;
    this.#world = world;
    this.#demand = new OfferDemand(world);
    this.#launcher = new Launcher({ cluster, queue: this.queue, backOff: this.backOff, world });
  }

  async subscribed(frameworkId: string): Promise<void> {
    await this.#cluster.setFrameworkId(frameworkId);
    this.#subscribed = true;
    this.#demand.subscribed();
    this.#demand.renew();
    this.#reconcile();
    // Right after a master's election a RECONCILE gets no answer: its agents are not back yet.
    this.#reconcileAt = this.#world.now() + this.#world.options.reconciliationInitialDelayMs;
    this.converge();
  }

  disconnected(): void {
    this.#subscribed = false;
  }

  async offers(offers: readonly Offer[]): Promise<void> {
    await this.#launcher.use(offers);
    this.converge();
  }

  /** Acknowledged only after it is stored: otherwise a crash in between would lose it. */
  async update(status: TaskStatus): Promise<void> {
    const instance = this.#cluster.instance(status.task_id.value);
    if (instance === undefined) this.#unknownTask(status);
    else if (isTerminal(status.state)) await this.#ended(instance, status);
    else await this.#changed(instance, status);
    this.#acknowledge(status);
    this.converge();
  }

  /** Something on an agent changed, so that offers may be worth another look. */
  agentFailed(): void {
    this.#demand.renew();
  }

  /** To be called every second or so: everything that only time changes. */
  tick(): void {
    const now = this.#world.now();
    const { killRetryMs, reconciliationIntervalMs } = this.#world.options;
    for (const one of this.#cluster.instances()) {
      const retry = one.killSentAt !== undefined && now - one.killSentAt >= killRetryMs;
      if (retry || this.#isOverdue(one)) this.kill(one);
    }
    if (this.#subscribed && now >= this.#reconcileAt) {
      this.#reconcile();
      this.#reconcileAt = now + reconciliationIntervalMs;
    }
    this.converge();
  }

  kill(instance: Instance): void {
    const grace = this.#cluster.app(instance.appId)?.app.taskKillGracePeriodSeconds;
    void this.#cluster.putInstance({ ...instance, killSentAt: this.#world.now() });
    this.#world.log.info(`killing ${instance.id} on ${instance.host}`);
    this.#sendKill(
      { task_id: { value: instance.id }, agent_id: { value: instance.agentId } },
      grace,
    );
  }

  /** Compares every app with its definition and acts on the difference. */
  converge(): void {
    const settled = new Set<string>();
    for (const appId of this.#appIds()) {
      const decision = this.#decision(appId);
      this.#carryOut(appId, decision);
      if (decision.settled) settled.add(appId);
    }
    this.#finishDeployments(settled);
    const now = this.#world.now();
    const ready = this.queue
      .entries()
      .filter(({ app }) => this.backOff.remainingMs(app, now) === 0);
    if (this.#subscribed) this.#demand.settle(ready.length > 0);
  }

  #appIds(): Set<string> {
    const ofApps = this.#cluster.apps().map(({ app }) => app.id);
    const ofInstances = this.#cluster.instances().map((one) => one.appId);
    const ofDeployments = this.#cluster
      .deployments()
      .flatMap(({ actions }) => actions.map(({ app }) => app));
    return new Set([...ofApps, ...ofInstances, ...ofDeployments]);
  }

  #decision(appId: string): Decision {
    const instances = this.#cluster.instances(appId);
    return decide({ app: this.#cluster.app(appId)?.app, instances, now: this.#world.now() });
  }

  #carryOut(appId: string, decision: Decision): void {
    for (const one of decision.expunge) void this.#cluster.removeInstance(one.id);
    for (const one of decision.kill) this.kill(one);
    const app = this.#cluster.app(appId)?.app;
    if (app === undefined) {
      this.queue.drop(appId);
      return;
    }
    const before = this.queue.entries().find((entry) => entry.app.id === appId)?.count ?? 0;
    this.queue.want(app, decision.launch, this.#world.now());
    if (decision.launch > before) this.#demand.renew();
  }

  #finishDeployments(settled: ReadonlySet<string>): void {
    for (const { id, actions } of this.#cluster.deployments()) {
      if (!actions.every(({ app }) => settled.has(app))) continue;
      void this.#cluster.removeDeployment(id);
      this.#world.log.info(`deployment ${id} finished`);
      this.#world.publish('deployment_success', { id });
    }
  }

  #isOverdue(instance: Instance): boolean {
    const starting = ['TASK_STAGING', 'TASK_STARTING'].includes(instance.state);
    const waitedMs = this.#world.now() - instance.stagedAt;
    return starting && !isDying(instance) && waitedMs > this.#world.options.taskLaunchTimeoutMs;
  }

  async #ended(instance: Instance, status: TaskStatus): Promise<void> {
    const now = this.#world.now();
    this.#world.log.info(`${instance.id} is ${status.state}: ${status.message ?? ''}`);
    await this.#cluster.removeInstance(instance.id);
    await this.#noteFailure(instance, status);
    const app = this.#cluster.app(instance.appId)?.app;
    const current = app?.versionInfo.lastConfigChangeAt === instance.configVersion;
    if (app !== undefined && current && delaysLaunch(status.state))
      this.backOff.taskEnded(app, now);
    this.#demand.renew();
    this.#world.publish('status_update_event', statusEvent(instance, status));
  }

  async #changed(instance: Instance, status: TaskStatus): Promise<void> {
    const now = this.#world.now();
    const after = withStatus(instance, status, now);
    const app = this.#cluster.app(instance.appId)?.app;
    const inactive = app !== undefined && isInactive(after, app, now);
    await this.#cluster.putInstance(inactive ? { ...after, inactive } : after);
    if (instance.state === status.state) return;
    this.#world.log.info(`${instance.id} is ${status.state}`);
    if (status.state === 'TASK_UNREACHABLE') await this.#noteFailure(instance, status);
    this.#world.publish('status_update_event', statusEvent(after, status));
  }

  async #noteFailure(instance: Instance, status: TaskStatus): Promise<void> {
    const record = this.#cluster.app(instance.appId);
    if (record === undefined || !isFailure(status.state)) return;
    const lastTaskFailure = failureOf(instance, status, this.#world.now());
    await this.#cluster.putApp({ ...record, lastTaskFailure });
  }

  /** A task that runs but is not ours to know, as after a restored backup, is killed. */
  #unknownTask(status: TaskStatus): void {
    if (isTerminal(status.state) || status.state === 'TASK_UNREACHABLE') return;
    this.#world.log.warning(`killing unknown task ${status.task_id.value}`);
    this.#sendKill({ task_id: status.task_id, agent_id: status.agent_id }, undefined);
  }

  #sendKill(kill: Readonly<Record<string, unknown>>, graceSeconds: number | undefined): void {
    const policy = graceSeconds === undefined ? {} : { kill_policy: killPolicy(graceSeconds) };
    this.#world.send({ type: 'KILL', kill: { ...kill, ...policy } });
  }

  /** Updates that the master made up itself have no uuid and want no answer. */
  #acknowledge({ agent_id, task_id, uuid }: TaskStatus): void {
    if (uuid === undefined) return;
    this.#world.send({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
  }

  /**
   * First the tasks we know, then whatever else the master has of ours. One that is just being
   * launched is left out: the master may not have heard of it yet and would call it unknown.
   */
  #reconcile(): void {
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
