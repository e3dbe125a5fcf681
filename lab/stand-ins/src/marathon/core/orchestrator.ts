import type { Offer, TaskStatus } from '../mesos/wire.ts';
import { BackOff } from './back-off.ts';
import type { Cluster } from './cluster.ts';
import { decide, isDying, type Decision } from './decide.ts';
import { advanceDeployments } from './deployment-progress.ts';
import { actionsOf, heldApps } from './deployment.ts';
import { delaysLaunch, instanceIdOf, isFailure, isTerminal, type Instance } from './instance.ts';
import { LaunchQueue } from './launch-queue.ts';
import { Launcher } from './launcher.ts';
import { OfferDemand } from './offer-demand.ts';
import { Reconciliation } from './reconciliation.ts';
import { conditionOf, failureOf, instanceEvent, statusEvent, withStatus } from './status-update.ts';
import { killPolicy } from './task-info.ts';
import { unreachableFate } from './unreachable.ts';
import type { World } from './world.ts';

/** Keeps every app at its definition: the part of the leader that talks to Mesos. */
export class Orchestrator {
  readonly queue = new LaunchQueue();
  readonly backOff = new BackOff();
  readonly #cluster: Cluster;
  readonly #world: World;
  readonly #demand: OfferDemand;
  readonly #launcher: Launcher;
  readonly #reconciliation: Reconciliation;
  readonly #onHealth: (taskId: string, healthy: boolean) => void;
  #subscribed = false;

  /** `onHealth`: what the task's executor found. */
  constructor(parts: {
    cluster: Cluster;
    world: World;
    onHealth: (taskId: string, healthy: boolean) => void;
  }) {
    const { cluster, world } = parts;
    this.#cluster = cluster;
    this.#world = world;
    this.#onHealth = parts.onHealth;
    this.#demand = new OfferDemand(world);
    this.#reconciliation = new Reconciliation(cluster, world);
    this.#launcher = new Launcher({ cluster, queue: this.queue, backOff: this.backOff, world });
  }

  async subscribed(frameworkId: string): Promise<void> {
    await this.#cluster.setFrameworkId(frameworkId);
    this.#subscribed = true;
    this.#demand.subscribed();
    this.#demand.renew();
    this.#reconciliation.subscribed();
    this.converge();
  }

  disconnected(): void {
    this.#subscribed = false;
    this.#reconciliation.disconnected();
  }

  async offers(offers: readonly Offer[]): Promise<void> {
    await this.#launcher.use(offers);
    this.converge();
  }

  /** Acknowledged only after it is stored: otherwise a crash in between would lose it. */
  async update(received: TaskStatus): Promise<void> {
    const status = { ...received, state: conditionOf(received) };
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
    for (const one of this.#cluster.instances()) {
      const sentAt = one.killSentAt ?? Infinity;
      const retry = now - sentAt >= this.#world.options.killRetryMs;
      if (retry || this.#isOverdue(one)) this.kill(one);
    }
    this.#reconciliation.tick();
    this.converge();
  }

  kill(instance: Instance): void {
    const grace = this.#cluster.app(instance.appId)?.app.taskKillGracePeriodSeconds;
    void this.#cluster.putInstance({ ...instance, killSentAt: this.#world.now() });
    this.#world.log.info(`killing ${instance.id} on ${instance.host}`);
    const { id, agentId, state } = instance;
    this.#sendKill({ task_id: { value: id }, agent_id: { value: agentId }, state }, grace);
  }

  /** Compares every app with its definition and acts on the difference. */
  converge(): void {
    const settled = new Set<string>();
    const held = heldApps(this.#cluster.deployments());
    for (const appId of this.#appIds()) {
      const decision = this.#decision(appId, held.has(appId));
      this.#carryOut(appId, decision);
      if (decision.settled) settled.add(appId);
    }
    const parts = { cluster: this.#cluster, world: this.#world };
    // What a step held back may go on now.
    if (advanceDeployments(parts, (appId) => settled.has(appId))) this.converge();
    else this.#settleDemand();
  }

  #settleDemand(): void {
    if (!this.#subscribed) return;
    const now = this.#world.now();
    const waiting = this.queue.entries();
    this.#demand.settle(waiting.some(({ app }) => this.backOff.remainingMs(app, now) === 0));
  }

  #appIds(): Set<string> {
    const ofApps = this.#cluster.apps().map(({ app }) => app.id);
    const ofInstances = this.#cluster.instances().map((one) => one.appId);
    const ofDeployments = this.#cluster
      .deployments()
      .flatMap(actionsOf)
      .map(({ app }) => app);
    return new Set([...ofApps, ...ofInstances, ...ofDeployments]);
  }

  #decision(appId: string, held: boolean): Decision {
    const instances = this.#cluster.instances(appId);
    return decide({ app: this.#cluster.app(appId)?.app, instances, held });
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
    this.#tell(instance, status);
  }

  async #changed(instance: Instance, status: TaskStatus): Promise<void> {
    await this.#keep(withStatus(instance, status, this.#world.now()));
    if (status.healthy !== undefined) this.#onHealth(instance.id, status.healthy);
    if (instance.state === status.state) return;
    this.#world.log.info(`${instance.id} is ${status.state}`);
    if (status.state === 'TASK_UNREACHABLE') await this.#noteFailure(instance, status);
    this.#tell(instance, status);
  }

  async #keep(instance: Instance): Promise<void> {
    const app = this.#cluster.app(instance.appId)?.app;
    const lost = instance.state === 'TASK_UNREACHABLE' && app !== undefined;
    const fate = lost ? unreachableFate(instance, app, this.#world.now()) : 'waits';
    if (fate === 'expunged') await this.#cluster.removeInstance(instance.id);
    else
      await this.#cluster.putInstance(
        fate === 'inactive' ? { ...instance, inactive: true } : instance,
      );
  }

  #tell(instance: Instance, status: TaskStatus): void {
    this.#world.publish('status_update_event', statusEvent(instance, status));
    this.#world.publish('instance_changed_event', instanceEvent(instance, status.state));
  }

  async #noteFailure(instance: Instance, status: TaskStatus): Promise<void> {
    const record = this.#cluster.app(instance.appId);
    if (record === undefined || !isFailure(status.state)) return;
    const lastTaskFailure = failureOf(instance, status, this.#world.now());
    await this.#cluster.putApp({ ...record, lastTaskFailure });
  }

  /** A task that runs but is not ours to know, as after a restored backup, is killed. */
  #unknownTask(status: TaskStatus): void {
    const taskId = status.task_id.value;
    if (isTerminal(status.state)) {
      const condition = status.state.slice('TASK_'.length);
      const event = { instanceId: instanceIdOf(taskId), condition };
      this.#world.publish('unknown_instance_terminated_event', event);
      return;
    }
    if (status.state === 'TASK_UNREACHABLE') return;
    this.#world.log.warning(`killing unknown task ${taskId}`);
    this.#sendKill(status);
  }

  #sendKill({ task_id, agent_id }: TaskStatus, graceSeconds?: number): void {
    const agent = agent_id === undefined ? {} : { agent_id };
    const policy = graceSeconds === undefined ? {} : { kill_policy: killPolicy(graceSeconds) };
    this.#world.send({ type: 'KILL', kill: { task_id, ...agent, ...policy } });
  }

  /** Updates that the master made up itself have no uuid and want no answer. */
  #acknowledge({ agent_id, task_id, uuid }: TaskStatus): void {
    if (uuid === undefined || agent_id === undefined) return;
    this.#world.send({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
  }
}
