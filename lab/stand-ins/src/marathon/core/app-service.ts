import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { App, AppDefinition, VersionInfo } from '../app/app-schema.ts';
import { absoluteId, parseApp } from '../app/parse-app.ts';
import { ApiFault, invalid, locked, noSuchApp } from './api-fault.ts';
import type { ActionName, AppRecord, Cluster, Deployment } from './cluster.ts';
import type { Instance } from './instance.ts';
import type { Orchestrator } from './orchestrator.ts';
import { servicePorts, withServicePorts } from './service-ports.ts';
import type { World } from './world.ts';

/** `zk_max_versions`. */
const mostVersions = 50;

export interface Accepted {
  readonly version: string;
  readonly deploymentId: string;
}

export interface Update {
  readonly id: string;
  readonly change: Readonly<Record<string, unknown>>;
  /** Fields that are absent keep their value; otherwise they fall back to their default. */
  readonly partial: boolean;
  readonly force: boolean;
}

/** One wanted change of one app: the definition it shall have, `undefined` to remove it. */
interface Change {
  readonly id: string;
  readonly action: ActionName;
  readonly app: App | undefined;
}

/** What the API may do to apps. Every change is a deployment, which locks its apps until it settles. */
export class AppService {
  readonly #cluster: Cluster;
  readonly #orchestrator: Orchestrator;
  readonly #world: World;

  constructor(parts: { cluster: Cluster; orchestrator: Orchestrator; world: World }) {
    this.#cluster = parts.cluster;
    this.#orchestrator = parts.orchestrator;
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
    const change = this.#toApp({ id, change: input, partial: false, force });
    return { id, ...(await this.#deploy([change], force)) };
  }

  async update(updates: readonly Update[]): Promise<Accepted> {
    const force = updates.some((one) => one.force);
    return this.#deploy(
      updates.map((one) => this.#toApp(one)),
      force,
    );
  }

  async remove(id: string, force: boolean): Promise<Accepted> {
    this.#record(id);
    return this.#deploy([{ id, action: 'StopApplication', app: undefined }], force);
  }

  /** The same definition as a new configuration: every task is replaced. */
  async restart(id: string, force: boolean): Promise<Accepted> {
    const { app } = this.#record(id);
    const version = this.#nextVersion(app);
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
    const changes = Object.entries(deployment.previous).map(([id, app]): Change => {
      if (app === null) return { id, action: 'StopApplication', app: undefined };
      const version = this.#nextVersion(this.#cluster.app(id)?.app);
      return { id, action: 'RestartApplication', app: { ...app, version } };
    });
    return this.#deploy(changes, true);
  }

  #record(id: string): AppRecord {
    const record = this.#cluster.app(id);
    if (record === undefined) throw noSuchApp(id);
    return record;
  }

  #toApp({ id, change, partial }: Update): Change {
    const before = this.#cluster.app(id)?.app;
    const input = { ...(partial ? before : {}), ...change, id };
    const parsed = parseApp(input);
    if (parsed.kind === 'faults') throw invalid(parsed.faults);
    const definition = this.#withServicePorts(parsed.app);
    const version = this.#nextVersion(before);
    const action = actionOf(before, definition);
    const versionInfo = versionInfoOf({ before, action, version });
    // `parseApp` fills in the upgrade strategy, which the type of a definition leaves open.
    return { id, action, app: { ...definition, version, versionInfo } as App };
  }

  #withServicePorts(app: AppDefinition): AppDefinition {
    const others = this.#cluster.apps().filter((one) => one.app.id !== app.id);
    const taken = new Set(others.flatMap((one) => servicePorts(one.app)));
    const { localPortMin, localPortMax } = this.#world.options;
    return withServicePorts(app, taken, { first: localPortMin, last: localPortMax });
  }

  async #deploy(changes: readonly Change[], force: boolean): Promise<Accepted> {
    this.#limit();
    await this.#unlock(changes, force);
    const version = changes[0]?.app?.version ?? new Date(this.#world.now()).toISOString();
    const deployment: Deployment = {
      id: randomUUID(),
      version,
      actions: changes.map(({ action, id }) => ({ action, app: id })),
      previous: Object.fromEntries(
        changes.map(({ id }) => [id, this.#cluster.app(id)?.app ?? null]),
      ),
    };
    await this.#cluster.putDeployment(deployment);
    for (const { id, app } of changes) await this.#apply(id, app);
    this.#world.publish('deployment_info', { plan: { id: deployment.id, version } });
    this.#orchestrator.converge();
    return { version, deploymentId: deployment.id };
  }

  async #apply(id: string, app: App | undefined): Promise<void> {
    if (app === undefined) {
      await this.#cluster.removeApp(id);
      this.#world.publish('app_terminated_event', { appId: id });
      return;
    }
    const before = this.#cluster.app(id);
    const versions = [...(before?.versions ?? []), app].slice(-mostVersions);
    await this.#cluster.putApp({ ...before, app, versions });
    this.#orchestrator.backOff.reset(app);
  }

  #limit(): void {
    const most = this.#world.options.maxRunningDeployments;
    if (this.#cluster.deployments().length < most) return;
    throw new ApiFault(403, {
      message: `Max number (${most}) of running deployments is achieved.`,
    });
  }

  async #unlock(changes: readonly Change[], force: boolean): Promise<void> {
    const ids = changes.map(({ id }) => id);
    const holders = this.#cluster
      .deployments()
      .filter(({ actions }) => actions.some(({ app }) => ids.includes(app)));
    if (holders.length === 0) return;
    if (!force) throw locked(holders.map(({ id }) => id));
    for (const { id } of holders) await this.#cluster.removeDeployment(id);
  }

  /** Versions are times with milliseconds; two changes in one of them must still differ. */
  #nextVersion(before: App | undefined): string {
    const now = this.#world.now();
    const last = before === undefined ? 0 : Date.parse(before.version);
    return new Date(Math.max(now, last + 1)).toISOString();
  }
}

function actionOf(before: App | undefined, after: AppDefinition): ActionName {
  if (before === undefined) return 'StartApplication';
  const same = isDeepStrictEqual(
    definitionOf({ ...before, instances: after.instances }),
    plain(after),
  );
  return same ? 'ScaleApplication' : 'RestartApplication';
}

function versionInfoOf(change: {
  before: App | undefined;
  action: ActionName;
  version: string;
}): VersionInfo {
  const { before, action, version } = change;
  if (before === undefined || action !== 'ScaleApplication') {
    return { lastScalingAt: version, lastConfigChangeAt: version };
  }
  return { ...before.versionInfo, lastScalingAt: version };
}

function definitionOf(app: App): unknown {
  return plain({ ...app, version: undefined, versionInfo: undefined });
}

/** Without the fields that are undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
