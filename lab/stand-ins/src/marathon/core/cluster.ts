import type { App } from '../app/app-schema.ts';
import type { Instance } from './instance.ts';

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

export type ActionName =
  'StartApplication' | 'ScaleApplication' | 'RestartApplication' | 'StopApplication';

export interface Deployment {
  readonly id: string;
  readonly version: string;
  readonly actions: readonly { readonly action: ActionName; readonly app: string }[];
  /** The definitions before it, for a rollback; `null` where there was none. */
  readonly previous: Readonly<Record<string, App | null>>;
}

/**
 * Everything that the next leader has to know. In memory for the leader, each change written
 * through to the store before it is acted upon.
 */
export class Cluster {
  readonly #store: StateStore;
  readonly #apps = new Map<string, AppRecord>();
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
      if (kind === 'apps') this.#keep(this.#apps, (one: AppRecord) => one.app.id, content);
      if (kind === 'instance') this.#keep(this.#instances, (one: Instance) => one.id, content);
      if (kind === 'deployment')
        this.#keep(this.#deployments, (one: Deployment) => one.id, content);
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
    await this.#store.save(appPath(record.app.id), JSON.stringify(record));
  }

  async removeApp(id: string): Promise<void> {
    this.#apps.delete(id);
    await this.#store.remove(appPath(id));
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

  #keep<T>(into: Map<string, T>, key: (one: T) => string, content: string): void {
    const value = JSON.parse(content) as T;
    into.set(key(value), value);
  }
}

function appPath(id: string): string {
  return `apps/${id.slice(1).replaceAll('/', '_')}`;
}
