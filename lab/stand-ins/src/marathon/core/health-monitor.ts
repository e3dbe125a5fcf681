import type { App, HealthCheck } from '../app/app-schema.ts';
import type { Cluster } from './cluster.ts';
import { isDying } from './decide.ts';
import { instanceIdOf, type Instance } from './instance.ts';
import type { World } from './world.ts';

export interface Target {
  readonly protocol: 'http' | 'https' | 'tcp';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
}

/** Undefined: healthy; otherwise what went wrong. */
export type Probe = (target: Target) => Promise<string | undefined>;

/** As shown in `healthCheckResults`. */
export interface HealthResult {
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccess: string | null;
  readonly lastSuccess: string | null;
  readonly lastFailure: string | null;
  readonly lastFailureCause: string | null;
  readonly instanceId: string;
}

interface Watch {
  readonly result: HealthResult;
  readonly nextAt: number;
  readonly busy: boolean;
}

/**
 * Asks the tasks from here. Real Marathon does that for HTTP, HTTPS and TCP only; MESOS_* checks
 * run on the Mesos agent there, COMMAND ones in the task's container (not done by this stand-in).
 */
export class HealthMonitor {
  readonly #cluster: Cluster;
  readonly #world: World;
  readonly #probe: Probe;
  readonly #onUnhealthy: (instance: Instance) => void;
  readonly #watches = new Map<string, Watch>();

  constructor(parts: {
    cluster: Cluster;
    world: World;
    probe: Probe;
    onUnhealthy: (instance: Instance) => void;
  }) {
    this.#cluster = parts.cluster;
    this.#world = parts.world;
    this.#probe = parts.probe;
    this.#onUnhealthy = parts.onUnhealthy;
  }

  results(instance: Instance, app: App): HealthResult[] {
    return app.healthChecks
      .map((_, index) => this.#watches.get(key(instance.id, index))?.result)
      .filter((result) => result !== undefined);
  }

  /** Starts the checks that are due; resolves when their answers are in. */
  async tick(): Promise<void> {
    this.#forgetEnded();
    const due = this.#cluster
      .instances()
      .filter((one) => one.state === 'TASK_RUNNING' && !isDying(one));
    await Promise.all(due.map((one) => this.#checkAll(one)));
  }

  #forgetEnded(): void {
    for (const known of [...this.#watches.keys()]) {
      const taskId = known.slice(0, known.lastIndexOf(' '));
      if (this.#cluster.instance(taskId) === undefined) this.#watches.delete(known);
    }
  }

  async #checkAll(instance: Instance): Promise<void> {
    const app = this.#cluster.app(instance.appId)?.app;
    const checks = app?.healthChecks ?? [];
    await Promise.all(checks.map((check, index) => this.#check(instance, check, index)));
  }

  async #check(instance: Instance, check: HealthCheck, index: number): Promise<void> {
    const target = targetOf(instance, check);
    if (target === undefined) return;
    const id = key(instance.id, index);
    const watch = this.#watches.get(id) ?? firstWatch(instance, check);
    if (watch.busy || this.#world.now() < watch.nextAt) {
      this.#watches.set(id, watch);
      return;
    }
    this.#watches.set(id, { ...watch, busy: true });
    const cause = await this.#probe(target);
    const now = this.#world.now();
    const result = judged({ instance, check, before: watch.result, cause, now });
    this.#watches.set(id, { result, nextAt: now + check.intervalSeconds * 1000, busy: false });
    this.#conclude(instance.id, check, result);
  }

  #conclude(taskId: string, check: HealthCheck, result: HealthResult): void {
    const instance = this.#cluster.instance(taskId);
    const app = instance && this.#cluster.app(instance.appId)?.app;
    if (instance === undefined || app === undefined) return;
    const results = this.results(instance, app);
    const healthy = results.length > 0 && results.every(({ alive }) => alive);
    if (healthy !== instance.healthy) {
      void this.#cluster.putInstance({ ...instance, healthy });
      const { appId } = instance;
      this.#world.publish('health_status_changed_event', {
        appId,
        instanceId: result.instanceId,
        alive: healthy,
      });
    }
    if (!isHopeless(check, result)) return;
    this.#world.log.warning(`${taskId} is unhealthy: ${result.lastFailureCause ?? ''}`);
    this.#world.publish('unhealthy_instance_kill_event', { appId: instance.appId, taskId });
    this.#onUnhealthy({ ...instance, healthy });
  }
}

/** For MESOS_* checks 0 means "at the first failure", for Marathon's own "never" (`docs/health-checks.md`, 1.10). */
function isHopeless(check: HealthCheck, { consecutiveFailures }: HealthResult): boolean {
  if (consecutiveFailures === 0) return false;
  if (check.maxConsecutiveFailures === 0) return check.protocol.startsWith('MESOS_');
  return consecutiveFailures >= check.maxConsecutiveFailures;
}

function judged(answer: {
  instance: Instance;
  check: HealthCheck;
  before: HealthResult;
  cause: string | undefined;
  now: number;
}): HealthResult {
  const { instance, check, before, cause, now } = answer;
  const stamp = new Date(now).toISOString();
  if (cause === undefined) {
    const firstSuccess = before.firstSuccess ?? stamp;
    return { ...before, alive: true, consecutiveFailures: 0, firstSuccess, lastSuccess: stamp };
  }
  const graceEnds = (instance.startedAt ?? now) + check.gracePeriodSeconds * 1000;
  const forgiven = before.firstSuccess === null && now < graceEnds;
  return {
    ...before,
    alive: false,
    consecutiveFailures: before.consecutiveFailures + (forgiven ? 0 : 1),
    lastFailure: stamp,
    lastFailureCause: cause,
  };
}

function firstWatch(instance: Instance, check: HealthCheck): Watch {
  const delayed = check.protocol.startsWith('MESOS_') ? check.delaySeconds * 1000 : 0;
  const result: HealthResult = {
    alive: false,
    consecutiveFailures: 0,
    firstSuccess: null,
    lastSuccess: null,
    lastFailure: null,
    lastFailureCause: null,
    instanceId: instanceIdOf(instance.id),
  };
  return { result, nextAt: (instance.startedAt ?? 0) + delayed, busy: false };
}

function targetOf(instance: Instance, check: HealthCheck): Target | undefined {
  const protocol = check.protocol.replace('MESOS_', '').toLowerCase();
  const port = check.port ?? instance.ports[check.portIndex ?? 0];
  if (port === undefined || !isProtocol(protocol)) return undefined;
  const path = check.path ?? '/';
  return { protocol, host: instance.host, port, path, timeoutMs: check.timeoutSeconds * 1000 };
}

function isProtocol(text: string): text is Target['protocol'] {
  return ['http', 'https', 'tcp'].includes(text);
}

function key(taskId: string, index: number): string {
  return `${taskId} ${index}`;
}
