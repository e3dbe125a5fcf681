import type { AppDefinition } from '../app/app-schema.ts';
import { parseApp } from '../app/parse-app.ts';
import { absoluteId } from '../app/path-id.ts';
import { ApiFault, invalid, noSuchApp } from './api-fault.ts';
import { changeOf, type Change } from './change.ts';
import type { AppRecord, Cluster } from './cluster.ts';
import type { Accepted, Deployer } from './deployer.ts';
import type { Deployment } from './deployment.ts';
import type { Instance } from './instance.ts';
import type { Orchestrator } from './orchestrator.ts';
import { servicePorts, withServicePorts } from './service-ports.ts';
import type { World } from './world.ts';

export interface Update {
  readonly id: string;
  readonly change: Readonly<Record<string, unknown>>;
  /** Fields that are absent keep their value; otherwise they fall back to their default. */
  readonly partial: boolean;
  readonly force: boolean;
}

/** What the API may do to apps. */
export class AppService {
  readonly #cluster: Cluster;
  readonly #orchestrator: Orchestrator;
  readonly #deployer: Deployer;
  readonly #world: World;

  constructor(parts: {
    cluster: Cluster;
    orchestrator: Orchestrator;
    deployer: Deployer;
    world: World;
  }) {
    this.#cluster = parts.cluster;
    this.#orchestrator = parts.orchestrator;
    this.#deployer = parts.deployer;
    this.#world = parts.world;
  }

  async create(
    input: Readonly<Record<string, unknown>>,
    force: boolean,
  ): Promise<Accepted & { readonly id: string }> {
    const id = absoluteId(typeof input['id'] === 'string' ? input['id'] : '');
    if (this.#cluster.app(id) !== undefined) {
      throw new ApiFault(409, { message: `An app with id [${id}] already exists.` });
    }
    const changes = this.toChanges([{ id, change: input, partial: false, force }]);
    return { id, ...(await this.#deploy(changes, force)) };
  }

  async update(updates: readonly Update[]): Promise<Accepted> {
    const force = updates.some((one) => one.force);
    return this.#deploy(this.toChanges(updates), force);
  }

  async remove(id: string, force: boolean): Promise<Accepted> {
    this.#record(id);
    return this.#deploy([{ id, action: 'StopApplication', app: undefined }], force);
  }

  /** The same definition as a new configuration: every task is replaced. */
  async restart(id: string, force: boolean): Promise<Accepted> {
    const { app } = this.#record(id);
    const version = this.#deployer.nextVersion(app);
    const versionInfo = { ...app.versionInfo, lastConfigChangeAt: version };
    const change = { ...app, version, versionInfo };
    return this.#deploy([{ id, action: 'RestartApplication', app: change }], force);
  }

  /** Ends tasks; the apps launch new ones unless `scale` lowers their number of instances. */
  async killTasks(instances: readonly Instance[], scale: boolean): Promise<Accepted | undefined> {
    if (!scale) {
      for (const one of instances) this.#orchestrator.kill(one);
      return undefined;
    }
    const perApp = new Map<string, number>();
    for (const { appId } of instances) perApp.set(appId, (perApp.get(appId) ?? 0) + 1);
    const updates = [...perApp].map(([id, fewer]): Update => {
      const left = Math.max(0, this.#record(id).app.instances - fewer);
      return { id, change: { instances: left }, partial: true, force: false };
    });
    const accepted = await this.update(updates);
    for (const one of instances) this.#orchestrator.kill(one);
    return accepted;
  }

  /** Forced: forgotten as it stands. Otherwise undone by a deployment of its own. */
  async cancel(deployment: Deployment, force: boolean): Promise<Accepted | undefined> {
    await this.#cluster.removeDeployment(deployment.id);
    this.#world.publish('deployment_failed', { id: deployment.id });
    if (force) return undefined;
    const changes = Object.entries(deployment.previous).flatMap(([id, app]): Change[] => {
      const present = this.#cluster.app(id)?.app;
      if (app !== null) return [changeOf(present, app, this.#version(id))];
      return present === undefined ? [] : [{ id, action: 'StopApplication', app: undefined }];
    });
    return this.#deploy(changes, true);
  }

  toChanges(updates: readonly Update[]): Change[] {
    const taken = new Set<number>();
    return updates.map((one) => {
      const change = this.#toChange(one, taken);
      for (const port of servicePorts(change.app)) taken.add(port);
      return change;
    });
  }

  #toChange(
    { id, change, partial }: Update,
    taken: ReadonlySet<number>,
  ): ReturnType<typeof changeOf> {
    const before = this.#cluster.app(id)?.app;
    if (this.#cluster.group(id) !== undefined) {
      throw new ApiFault(409, { message: `Group with id [${id}] already exists.` });
    }
    const input = { ...(partial ? before : {}), ...change, id };
    const parsed = parseApp(input, this.#world.options.mesosRole);
    if (parsed.kind === 'faults') throw invalid(parsed.faults);
    return changeOf(before, this.#withServicePorts(parsed.app, taken), this.#version(id));
  }

  #withServicePorts(app: AppDefinition, alsoTaken: ReadonlySet<number>): AppDefinition {
    const others = this.#cluster.apps().filter((one) => one.app.id !== app.id);
    const taken = new Set([...alsoTaken, ...others.flatMap((one) => servicePorts(one.app))]);
    const { localPortMin, localPortMax } = this.#world.options;
    return withServicePorts(app, taken, { first: localPortMin, last: localPortMax });
  }

  #deploy(changes: readonly Change[], force: boolean): Promise<Accepted> {
    const version = changes[0]?.app?.version ?? this.#deployer.nextVersion();
    return this.#deployer.deploy({ changes, force, version });
  }

  #version(id: string): string {
    return this.#deployer.nextVersion(this.#cluster.app(id)?.app);
  }

  #record(id: string): AppRecord {
    const record = this.#cluster.app(id);
    if (record === undefined) throw noSuchApp(id);
    return record;
  }
}
