import type { App } from '../app/app-schema.ts';
import type { TaskInfo } from '../../shared/mesos.ts';
import type { Offer } from '../mesos/wire.ts';
import type { BackOff } from './back-off.ts';
import type { Cluster } from './cluster.ts';
import { placementOf } from './constraints.ts';
import type { Instance } from './instance.ts';
import type { LaunchQueue } from './launch-queue.ts';
import { matchOffer } from './offer-match.ts';
import { availableIn, minus, type Available, type Taken } from './resources.ts';
import { taskInfo } from './task-info.ts';
import type { World } from './world.ts';

/** `max_instances_per_offer`. */
const mostPerOffer = 5;

interface Planned {
  readonly instance: Instance;
  readonly task: TaskInfo;
}

/** Turns offers into tasks. */
export class Launcher {
  readonly #cluster: Cluster;
  readonly #queue: LaunchQueue;
  readonly #backOff: BackOff;
  readonly #world: World;

  constructor(parts: { cluster: Cluster; queue: LaunchQueue; backOff: BackOff; world: World }) {
    this.#cluster = parts.cluster;
    this.#queue = parts.queue;
    this.#backOff = parts.backOff;
    this.#world = parts.world;
  }

  async use(offers: readonly Offer[]): Promise<void> {
    this.#world.count('marathon.mesos.offers.incoming.counter', offers.length);
    const unused = [];
    for (const offer of offers) {
      const planned = this.#plan(offer);
      if (planned.length === 0) unused.push(offer);
      else await this.#launch(offer, planned);
    }
    if (unused.length > 0) this.#decline(unused);
  }

  #plan(offer: Offer): Planned[] {
    const planned: Planned[] = [];
    let available = availableIn(offer);
    for (const { app, count } of this.#queue.entries()) {
      if (this.#backOff.remainingMs(app, this.#world.now()) > 0) continue;
      for (let i = 0; i < count && planned.length < mostPerOffer; i += 1) {
        const taken = this.#match({ app, offer, available, planned });
        if (taken === undefined) break;
        planned.push(this.#planned(app, offer, taken));
        available = minus(available, taken);
      }
    }
    return planned;
  }

  #match(candidate: {
    app: App;
    offer: Offer;
    available: Available;
    planned: readonly Planned[];
  }): Taken | undefined {
    const { app, offer, available, planned } = candidate;
    const fresh = planned.map(({ instance }) => instance).filter((one) => one.appId === app.id);
    const placed = [...this.#cluster.instances(app.id), ...fresh];
    const defaultRoles = this.#defaultRoles();
    const match = matchOffer({ app, offer, available, placed, defaultRoles });
    const reason = match.kind === 'match' ? undefined : match.reason;
    this.#queue.record(app.id, { offer, at: this.#world.now(), reason });
    return match.kind === 'match' ? match.taken : undefined;
  }

  /** `accepted_resource_roles_default_behavior`. */
  #defaultRoles(): string[] {
    const { mesosRole, acceptedRolesDefault } = this.#world.options;
    if (acceptedRolesDefault === 'unreserved') return ['*'];
    return acceptedRolesDefault === 'reserved' ? [mesosRole] : ['*', mesosRole];
  }

  #planned(app: App, offer: Offer, taken: Taken): Planned {
    const placement = placementOf(offer);
    const agentId = offer.agent_id.value;
    const role = this.#world.options.mesosRole;
    const id = `${app.id.slice(1).replaceAll('/', '_')}.instance-${this.#world.uuid()}._app.1`;
    const task = taskInfo({ app, taskId: id, agentId, host: placement.host, taken, role });
    const instance: Instance = {
      id,
      appId: app.id,
      version: app.version,
      configVersion: app.versionInfo.lastConfigChangeAt,
      agentId,
      ...placement,
      ports: taken.ports,
      stagedAt: this.#world.now(),
      state: 'TASK_STAGING',
    };
    return { instance, task };
  }

  /** The instances are stored before Mesos hears of them, or a new leader would not know its own tasks. */
  async #launch(offer: Offer, planned: readonly Planned[]): Promise<void> {
    await Promise.all(planned.map(({ instance }) => this.#cluster.putInstance(instance)));
    const wanted = planned.filter(({ instance }) => this.#isStillWanted(instance));
    for (const one of planned.filter((one) => !wanted.includes(one))) {
      await this.#cluster.removeInstance(one.instance.id);
    }
    if (wanted.length === 0) this.#decline([offer]);
    else this.#accept(offer, wanted);
  }

  /** A change may have come while the instance was being stored; its KILL went out before the task. */
  #isStillWanted({ id }: Instance): boolean {
    const now = this.#cluster.instance(id);
    return now !== undefined && now.killSentAt === undefined;
  }

  #accept(offer: Offer, planned: readonly Planned[]): void {
    for (const { instance } of planned) {
      this.#world.log.info(`launching ${instance.id} on ${instance.host}`);
    }
    this.#world.count('marathon.mesos.offers.used.counter');
    this.#world.count('marathon.tasks.launched.counter', planned.length);
    const launch = { task_infos: planned.map(({ task }) => task) };
    this.#world.send({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch }],
        filters: { refuse_seconds: 0 },
      },
    });
  }

  #decline(offers: readonly Offer[]): void {
    this.#world.count('marathon.mesos.offers.declined.counter', offers.length);
    this.#world.send({
      type: 'DECLINE',
      decline: {
        offer_ids: offers.map(({ id }) => id),
        filters: { refuse_seconds: this.#world.options.declineOfferMs / 1000 },
      },
    });
  }
}
