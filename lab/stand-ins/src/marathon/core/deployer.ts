import { randomUUID } from 'node:crypto';
import type { App } from '../app/app-schema.ts';
import { ancestorsOf } from '../app/path-id.ts';
import { ApiFault, locked } from './api-fault.ts';
import type { Change } from './change.ts';
import type { Cluster, Group } from './cluster.ts';
import { deploymentSteps } from './dependencies.ts';
import { actionsOf, currentActions, type Deployment } from './deployment.ts';
import type { Orchestrator } from './orchestrator.ts';
import type { World } from './world.ts';

export interface Accepted {
  readonly version: string;
  readonly deploymentId: string;
}

/** What one request wants, all of it in one deployment. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly force: boolean;
  readonly version: string;
  readonly groups?: { readonly put: readonly Group[]; readonly remove: readonly string[] };
  /** The group that the request was about. */
  readonly group?: string;
}

/** Every change is a deployment, which locks its apps until it settles. */
export class Deployer {
  readonly #cluster: Cluster;
  readonly #orchestrator: Orchestrator;
  readonly #world: World;

  constructor(parts: { cluster: Cluster; orchestrator: Orchestrator; world: World }) {
    this.#cluster = parts.cluster;
    this.#orchestrator = parts.orchestrator;
    this.#world = parts.world;
  }

  async deploy(plan: Plan): Promise<Accepted> {
    const { version, changes, force } = plan;
    this.#limit(changes);
    const steps = this.#steps(plan);
    await this.#unlock(changes, force);
    const deployment: Deployment = {
      id: randomUUID(),
      version,
      steps,
      currentStep: 1,
      previous: Object.fromEntries(
        changes.map(({ id }) => [id, this.#cluster.app(id)?.app ?? null]),
      ),
      ...(plan.group === undefined ? {} : { group: plan.group }),
    };
    await this.#cluster.putDeployment(deployment);
    for (const id of plan.groups?.remove ?? []) await this.#cluster.removeGroup(id);
    for (const group of this.#groupsOf(plan)) await this.#cluster.putGroup(group);
    for (const { id, app } of changes) await this.#apply(id, app);
    this.#world.count('marathon.deployments.counter');
    this.#announce(deployment);
    this.#orchestrator.converge();
    return { version, deploymentId: deployment.id };
  }

  /** Versions are times with milliseconds; two changes in one of them must still differ. */
  nextVersion(before?: App): string {
    const now = this.#world.now();
    const last = before === undefined ? 0 : Date.parse(before.version);
    return new Date(Math.max(now, last + 1)).toISOString();
  }

  #steps({ changes, groups }: Plan): Deployment['steps'] {
    const changed = new Set(changes.map(({ id }) => id));
    const kept = this.#cluster.apps().map(({ app }) => app);
    const apps = [
      ...kept.filter(({ id }) => !changed.has(id)),
      ...changes.map(({ app }) => app).filter((app) => app !== undefined),
    ];
    const put = groups?.put ?? [];
    const others = this.#cluster.groups().filter(({ id }) => !put.some((one) => one.id === id));
    const actions = changes.map(({ action, id }) => ({ action, app: id }));
    return deploymentSteps(actions, apps, [...others, ...put]);
  }

  /** Those named, and those above a new app or group that do not exist yet. */
  #groupsOf({ groups, changes, version }: Plan): Group[] {
    const put = [...(groups?.put ?? [])];
    const present = changes.filter(({ app }) => app !== undefined).map(({ id }) => id);
    for (const id of [...present, ...put.map((one) => one.id)].flatMap(ancestorsOf)) {
      const known = this.#cluster.group(id) ?? put.find((one) => one.id === id);
      if (known === undefined) put.push({ id, dependencies: [], version });
    }
    return put;
  }

  async #apply(id: string, app: App | undefined): Promise<void> {
    if (app === undefined) {
      await this.#cluster.removeApp(id);
      this.#world.publish('app_terminated_event', { appId: id });
      return;
    }
    const before = this.#cluster.app(id);
    const versions = [...(before?.versions ?? []), app].slice(-this.#world.options.zkMaxVersions);
    await this.#cluster.putApp({ ...before, app, versions });
    this.#orchestrator.backOff.reset(app);
    this.#announceChecks(before?.app, app);
  }

  #announce(deployment: Deployment): void {
    const { id, version, steps } = deployment;
    this.#world.publish('deployment_info', {
      plan: { id, version, steps: steps.map((actions) => ({ actions })) },
      currentStep: { actions: currentActions(deployment) },
    });
  }

  #announceChecks(before: App | undefined, { id, version, healthChecks }: App): void {
    if (before?.healthChecks.length) {
      this.#world.publish('remove_health_check_event', { appId: id });
    }
    for (const healthCheck of healthChecks) {
      this.#world.publish('add_health_check_event', { appId: id, version, healthCheck });
    }
  }

  #limit(changes: readonly Change[]): void {
    const { maxRunningDeployments, maxApps } = this.#world.options;
    const apps = new Set(this.#cluster.apps().map(({ app }) => app.id));
    for (const { id, app } of changes) {
      if (app === undefined) apps.delete(id);
      else apps.add(id);
    }
    if (maxApps !== undefined && apps.size > maxApps && changes.some(({ app }) => app)) {
      throw new ApiFault(403, {
        message: `This Marathon instance may only handle up to ${maxApps} Apps! (Override with command line option --max_apps)`,
      });
    }
    if (this.#cluster.deployments().length < maxRunningDeployments) return;
    throw new ApiFault(403, {
      message: `Max number (${maxRunningDeployments}) of running deployments is achieved.`,
    });
  }

  async #unlock(changes: readonly Change[], force: boolean): Promise<void> {
    const ids = changes.map(({ id }) => id);
    const holders = this.#cluster
      .deployments()
      .filter((one) => actionsOf(one).some(({ app }) => ids.includes(app)));
    if (holders.length === 0) return;
    if (!force) throw locked(holders.map(({ id }) => id));
    for (const { id } of holders) {
      await this.#cluster.removeDeployment(id);
      this.#world.publish('deployment_failed', { id });
    }
  }
}
