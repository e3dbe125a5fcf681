import type { App, ReadinessCheck } from '../app/app-schema.ts';
import type { Cluster } from './cluster.ts';
import { isDying } from './decide.ts';
import { currentActions } from './deployment.ts';
import type { Instance } from './instance.ts';
import { portAssignments } from './port-assignments.ts';
import type { Probe } from './probe.ts';
import type { World } from './world.ts';

/** Asks new tasks of a running deployment whether they are ready, until they once say yes. */
export class ReadinessMonitor {
  readonly #cluster: Cluster;
  readonly #world: World;
  readonly #probe: Probe;
  readonly #nextAt = new Map<string, number>();

  constructor(parts: { cluster: Cluster; world: World; probe: Probe }) {
    this.#cluster = parts.cluster;
    this.#world = parts.world;
    this.#probe = parts.probe;
  }

  async tick(): Promise<void> {
    const deployed = this.#cluster.deployments().flatMap(currentActions);
    const apps = new Set(deployed.map(({ app }) => app));
    const asked = [...apps].flatMap((id) => this.#unready(id));
    const ids = new Set(asked.map(({ instance }) => instance.id));
    for (const known of [...this.#nextAt.keys()]) {
      if (!ids.has(known)) this.#nextAt.delete(known);
    }
    await Promise.all(asked.map((one) => this.#ask(one)));
  }

  #unready(appId: string): { app: App; check: ReadinessCheck; instance: Instance }[] {
    const app = this.#cluster.app(appId)?.app;
    const check = app?.readinessChecks[0];
    if (app === undefined || check === undefined) return [];
    return this.#cluster
      .instances(appId)
      .filter((one) => one.state === 'TASK_RUNNING' && !isDying(one) && one.ready !== true)
      .map((instance) => ({ app, check, instance }));
  }

  async #ask(one: { app: App; check: ReadinessCheck; instance: Instance }): Promise<void> {
    const { app, check, instance } = one;
    const now = this.#world.now();
    if (now < (this.#nextAt.get(instance.id) ?? 0)) return;
    this.#nextAt.set(instance.id, now + check.intervalSeconds * 1000);
    const assignments = portAssignments(app, instance.ports);
    const port = assignments.find(({ name }) => name === check.portName)?.hostPort;
    if (port === undefined) return;
    const cause = await this.#probe({
      protocol: check.protocol === 'HTTPS' ? 'https' : 'http',
      host: instance.host,
      port,
      path: check.path,
      timeoutMs: check.timeoutSeconds * 1000,
      goodStatuses: check.httpStatusCodesForReady,
    });
    const present = this.#cluster.instance(instance.id);
    if (cause === undefined && present !== undefined) {
      await this.#cluster.putInstance({ ...present, ready: true });
    }
  }
}
