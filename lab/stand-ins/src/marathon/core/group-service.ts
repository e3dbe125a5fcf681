import { isBelow, resolveId } from '../app/path-id.ts';
import { ApiFault, invalid } from './api-fault.ts';
import type { AppService, Update } from './app-service.ts';
import type { Change } from './change.ts';
import type { Cluster, Group } from './cluster.ts';
import type { Accepted, Deployer } from './deployer.ts';
import {
  groupFaults,
  groupUpdate,
  outcomeOf,
  type GroupUpdate,
  type Outcome,
} from './group-update.ts';

export interface GroupRequest {
  readonly id: string;
  readonly body: unknown;
  readonly force: boolean;
}

/** What the API may do to groups: one deployment for everything below. */
export class GroupService {
  readonly #cluster: Cluster;
  readonly #apps: AppService;
  readonly #deployer: Deployer;

  constructor(parts: { cluster: Cluster; apps: AppService; deployer: Deployer }) {
    this.#cluster = parts.cluster;
    this.#apps = parts.apps;
    this.#deployer = parts.deployer;
  }

  async create(request: GroupRequest): Promise<Accepted & { readonly id: string }> {
    const { id } = this.#read(request);
    if (this.exists(id)) {
      throw new ApiFault(409, {
        message: `Group ${id} is already created. Use PUT to change this group.`,
      });
    }
    return { id, ...(await this.update(request)) };
  }

  async update(request: GroupRequest): Promise<Accepted> {
    const { id, update } = this.#read(request);
    if (this.#cluster.app(id) !== undefined) {
      throw new ApiFault(409, { message: `An app with the path ${id} already exists.` });
    }
    if (update.version !== undefined) {
      throw invalid([{ path: '/version', errors: ['this stand-in keeps no versions of groups'] }]);
    }
    if (update.scaleBy !== undefined) return this.#scale(id, update.scaleBy, request.force);
    const outcome = outcomeOf(id, update, this.#present());
    const faults = groupFaults(id, outcome);
    if (faults.length > 0) throw invalid(faults);
    return this.#deploy(id, outcome, request.force);
  }

  async remove(id: string, force: boolean): Promise<Accepted> {
    if (!this.exists(id)) throw noSuchGroup(id);
    const { apps, groups } = this.#present();
    const outcome = {
      apps: [],
      groups: [],
      removedApps: apps.filter((one) => isBelow(one, id)),
      removedGroups: groups.filter((one) => one === id || isBelow(one, id)),
    };
    return this.#deploy(id, outcome, force);
  }

  exists(id: string): boolean {
    const { apps, groups } = this.#present();
    return id === '/' || groups.includes(id) || apps.some((one) => isBelow(one, id));
  }

  #read({ id: base, body }: GroupRequest): { id: string; update: GroupUpdate } {
    const parsed = groupUpdate.safeParse(body);
    if (!parsed.success) {
      const errors = parsed.error.issues.map(({ message }) => message);
      throw invalid([{ path: '/', errors }]);
    }
    return { id: resolveId(parsed.data.id ?? '', base), update: parsed.data };
  }

  async #scale(id: string, factor: number, force: boolean): Promise<Accepted> {
    const below = this.#cluster.apps().filter(({ app }) => isBelow(app.id, id));
    if (below.length === 0) throw noSuchGroup(id);
    return this.#apps.update(
      below.map(({ app }): Update => {
        const instances = Math.ceil(app.instances * factor);
        return { id: app.id, change: { instances }, partial: true, force };
      }),
    );
  }

  #deploy(id: string, outcome: Outcome, force: boolean): Promise<Accepted> {
    const version = this.#deployer.nextVersion();
    const updates = outcome.apps.map((one) => ({
      ...{ id: one.id, change: one.app, partial: false, force },
    }));
    const stops = outcome.removedApps.map((one): Change => ({
      id: one,
      action: 'StopApplication',
      app: undefined,
    }));
    const put = outcome.groups.map(({ id: one, dependencies }): Group => {
      const before = this.#cluster.group(one)?.dependencies ?? [];
      return { id: one, dependencies: dependencies ?? before, version };
    });
    return this.#deployer.deploy({
      changes: [...stops, ...this.#apps.toChanges(updates)],
      groups: { put, remove: outcome.removedGroups },
      ...{ force, version, group: id },
    });
  }

  #present(): { apps: string[]; groups: string[] } {
    return {
      apps: this.#cluster.apps().map(({ app }) => app.id),
      groups: this.#cluster.groups().map(({ id }) => id),
    };
  }
}

function noSuchGroup(id: string): ApiFault {
  return new ApiFault(404, { message: `Group '${id}' does not exist` });
}
