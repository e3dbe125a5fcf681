import { readFileSync } from 'node:fs';
import { Cluster, type StateStore } from '../../../src/marathon/core/cluster.ts';
import { Orchestrator } from '../../../src/marathon/core/orchestrator.ts';
import { AppService } from '../../../src/marathon/core/app-service.ts';
import { Deployer } from '../../../src/marathon/core/deployer.ts';
import { GroupService } from '../../../src/marathon/core/group-service.ts';
import { HealthMonitor } from '../../../src/marathon/core/health-monitor.ts';
import type { World } from '../../../src/marathon/core/world.ts';
import type { Offer, TaskStatus } from '../../../src/marathon/mesos/wire.ts';
import type { TaskState } from '../../../src/shared/mesos.ts';
import type { SchedulerMessage } from '../../../src/shared/scheduler-wire.ts';
import { parseOptions } from '../../../src/marathon/options.ts';

/** Two agents of a real Mesos 1.12: `docker4.local` with ports 32000-32010, `agent3.local` with rack r3. */
export const recordedOffers = JSON.parse(
  readFileSync(new URL('offers-of-mesos-1.12.json', import.meta.url), 'utf8'),
) as readonly Offer[];

export class MemoryStore implements StateStore {
  readonly content = new Map<string, string>();

  load(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(this.content);
  }

  save(path: string, content: string): Promise<void> {
    this.content.set(path, content);
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    this.content.delete(path);
    return Promise.resolve();
  }
}

export interface Marathon {
  readonly cluster: Cluster;
  readonly orchestrator: Orchestrator;
  readonly apps: AppService;
  readonly groups: GroupService;
  readonly health: HealthMonitor;
  readonly world: World;
  readonly events: string[];
  /** Calls sent to Mesos since the last look, as readable lines. */
  sent(): string[];
  /** Jumps ahead and ticks. */
  pass(seconds: number): void;
  offer(...offers: readonly Offer[]): Promise<void>;
  update(taskId: string, state: TaskState, fields?: Partial<TaskStatus>): Promise<void>;
  taskIds(): string[];
}

/** A subscribed leader without a network; `store` lets a second one take over. */
export async function marathon(store = new MemoryStore()): Promise<Marathon> {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let ids = 0;
  const calls: SchedulerMessage[] = [];
  const events: string[] = [];
  const world: World = {
    now: () => now,
    uuid: () => `u${(ids += 1)}`,
    send: (call) => calls.push(call),
    publish: (eventType) => events.push(eventType),
    count: ignore,
    log: { info: ignore, warning: ignore, error: ignore },
    options: parseOptions({ argv: ['--master', 'm:5050'], env: {}, hostname: 'h', user: 'root' }),
  };
  const cluster = new Cluster(store);
  await cluster.load();
  const { orchestrator, health, apps, groups } = leader(cluster, world);
  await orchestrator.subscribed(cluster.frameworkId ?? 'framework-1');
  const agents = new Map(recordedOffers.map((one) => [one.hostname, one.agent_id]));
  return {
    cluster,
    orchestrator,
    apps,
    groups,
    health,
    world,
    events,
    sent: () => calls.splice(0).map(readable),
    pass: (seconds) => {
      now += seconds * 1000;
      orchestrator.tick();
    },
    offer: (...offers) => orchestrator.offers(offers),
    update: (taskId, state, fields = {}) => {
      const host = cluster.instance(taskId)?.host ?? '';
      const agent_id = agents.get(host) ?? { value: 'unknown-agent' };
      return orchestrator.update({ task_id: { value: taskId }, state, agent_id, ...fields });
    },
    taskIds: () => cluster.instances().map(({ id }) => id),
  };
}

function leader(cluster: Cluster, world: World) {
  const orchestrator = new Orchestrator({
    cluster,
    world,
    onHealth: (taskId, healthy) => {
      health.told(taskId, healthy);
    },
  });
  const health = new HealthMonitor({
    cluster,
    world,
    probe: () => Promise.resolve(undefined),
    onUnhealthy: (instance) => {
      orchestrator.kill(instance);
    },
  });
  const deployer = new Deployer({ cluster, orchestrator, world });
  const apps = new AppService({ cluster, orchestrator, deployer, world });
  const groups = new GroupService({ cluster, apps, deployer });
  return { orchestrator, health, apps, groups };
}

function readable(call: SchedulerMessage): string {
  switch (call.type) {
    case 'ACCEPT': {
      const { operations } = call.accept;
      const names = operations.flatMap(({ launch }) => launch.task_infos.map(({ name }) => name));
      return `ACCEPT ${names.join(',')}`;
    }
    case 'KILL':
      return `KILL ${call.kill.task_id.value}`;
    case 'RECONCILE':
      return `RECONCILE ${call.reconcile.tasks.length}`;
    case 'ACKNOWLEDGE':
      return `ACKNOWLEDGE ${call.acknowledge.uuid}`;
    case 'DECLINE':
    case 'REVIVE':
    case 'SUPPRESS':
    case 'UPDATE_FRAMEWORK':
      return call.type;
  }
}

function ignore(): void {
  // The tests look at calls and state, not at the log.
}
