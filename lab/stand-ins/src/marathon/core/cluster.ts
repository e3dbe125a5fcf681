import type { App } from '../app/app-schema.ts';
import type { Deployment } from './deployment.ts';
import type { Instance } from './instance.ts';
import { upgradedApp, upgradedDeployment } from './upgrade.ts';

/** Where the state outlives the process; one small text per path. */
export interface StateStore {
  load(): Promise<ReadonlyMap<string, string>>;
  save(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export interface TaskFailure {
  readonly appId: string;
  readonly host: string;
  readonly message: string;
  readonly slaveId: string;
  readonly state: string;
  readonly taskId: string;
  readonly timestamp: string;
  readonly version: string;
}

export interface AppRecord {
  readonly app: App;
  /** All versions, oldest first, the present one included. */
  readonly versions: readonly App[];
  readonly lastTaskFailure?: TaskFailure;
}

export interface Group {
  readonly id: string;
  /** Apps and groups, as absolute ids, that everything in this group starts after. */
  readonly dependencies: readonly string[];
  readonly version: string;
}

/**
 * Everything that the next leader has to know. In memory for the leader, each change written
 * through to the store before it is acted upon.
 */
export class Cluster {
  readonly #store: StateStore;
  readonly #apps = new Map<string, AppRecord>();
  readonly #groups = new Map<string, Group>();
  readonly #instances = new Map<string, Instance>();
  readonly #deployments = new Map<string, Deployment>();
  #frameworkId: string | undefined;

  constructor(store: StateStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const [path, content] of await this.#store.load()) {
      const [kind = ''] = path.split('/');
      if (kind === 'framework-id') this.#frameworkId = content;
      else this.#keep(kind, content);
    }
  }

  get frameworkId(): string | undefined {
    return this.#frameworkId;
  }

  async setFrameworkId(id: string): Promise<void> {
    if (this.#frameworkId === id) return;
    this.#frameworkId = id;
    await this.#store.save('framework-id', id);
  }

  apps(): AppRecord[] {
    return [...this.#apps.values()].sort((a, b) => (a.app.id < b.app.id ? -1 : 1));
  }

  app(id: string): AppRecord | undefined {
    return this.#apps.get(id);
  }

  async putApp(record: AppRecord): Promise<void> {
    this.#apps.set(record.app.id, record);
    await this.#store.save(pathOf('apps', record.app.id), JSON.stringify(record));
  }

  async removeApp(id: string): Promise<void> {
    this.#apps.delete(id);
    await this.#store.remove(pathOf('apps', id));
  }

  groups(): Group[] {
    return [...this.#groups.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  group(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  async putGroup(group: Group): Promise<void> {
    this.#groups.set(group.id, group);
    await this.#store.save(pathOf('group', group.id), JSON.stringify(group));
  }

  async removeGroup(id: string): Promise<void> {
    this.#groups.delete(id);
    await this.#store.remove(pathOf('group', id));
  }

  instances(appId?: string): Instance[] {
    const all = [...this.#instances.values()];
    return appId === undefined ? all : all.filter((one) => one.appId === appId);
  }

  instance(id: string): Instance | undefined {
    return this.#instances.get(id);
  }

  async putInstance(instance: Instance): Promise<void> {
    this.#instances.set(instance.id, instance);
    await this.#store.save(`instance/${instance.id}`, JSON.stringify(instance));
  }

  async removeInstance(id: string): Promise<void> {
    this.#instances.delete(id);
    await this.#store.remove(`instance/${id}`);
  }

  deployments(): Deployment[] {
    return [...this.#deployments.values()];
  }

  deployment(id: string): Deployment | undefined {
    return this.#deployments.get(id);
  }

  async putDeployment(deployment: Deployment): Promise<void> {
    this.#deployments.set(deployment.id, deployment);
    await this.#store.save(`deployment/${deployment.id}`, JSON.stringify(deployment));
  }

  async removeDeployment(id: string): Promise<void> {
    this.#deployments.delete(id);
    await this.#store.remove(`deployment/${id}`);
  }

  #keep(kind: string, content: string): void {
    const value: unknown = JSON.parse(content);
    if (kind === 'apps') put(this.#apps, upgradedApp(value as AppRecord), ({ app }) => app.id);
    if (kind === 'group') put(this.#groups, value as Group, byId);
    if (kind === 'instance') put(this.#instances, value as Instance, byId);
    if (kind === 'deployment')
      put(this.#deployments, upgradedDeployment(value as Deployment), byId);
  }
}

function put<T>(into: Map<string, T>, value: T, key: (value: T) => string): void {
  into.set(key(value), value);
}

function byId({ id }: { readonly id: string }): string {
  return id;
}

/** Ids have no underscores, so that no two can meet. */
function pathOf(kind: string, id: string): string {
  return `${kind}/${id === '/' ? 'root' : id.slice(1).replaceAll('/', '_')}`;
}
