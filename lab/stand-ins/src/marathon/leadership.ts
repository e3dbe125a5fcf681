import { randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { text, type Handler } from '../shared/http.ts';
import { EventStream } from './api/event-stream.ts';
import { leaderHandler } from './api/leader-routes.ts';
import { AppService } from './core/app-service.ts';
import { Cluster, type StateStore } from './core/cluster.ts';
import { Deployer } from './core/deployer.ts';
import { GroupService } from './core/group-service.ts';
import { HealthMonitor } from './core/health-monitor.ts';
import { Orchestrator } from './core/orchestrator.ts';
import { ReadinessMonitor } from './core/readiness-monitor.ts';
import type { World } from './core/world.ts';
import type { Crash } from './exit-codes.ts';
import type { Log } from './log.ts';
import { subscribe } from './mesos/subscribe.ts';
import type { Options } from './options.ts';
import { probe } from './probe.ts';

export interface LeadershipOptions {
  readonly options: Options;
  readonly store: StateStore;
  readonly self: string;
  readonly log: Log;
  readonly crash: Crash;
  readonly abdicate: () => void;
  /** Takes what ends the leadership: to be called in the very moment in which it is lost. */
  readonly atOnce: (end: () => void) => void;
  readonly clock: Clock;
}

const tickMs = 500;

/** Loads the state, subscribes to Mesos, and answers requests from then on. */
export async function startLeading(start: LeadershipOptions): Promise<Handler> {
  const { options, store, self, log, crash, abdicate, clock } = start;
  const cluster = new Cluster(store);
  await cluster.load();
  if (cluster.frameworkId === undefined && cluster.instances().length > 0) {
    crash('frameworkIdMissing', 'no framework id is stored although instances exist');
    return () => text('no framework id', 503);
  }
  const events = new EventStream(clock.now);
  const counters = new Map<string, number>();
  const world: World = {
    now: clock.now,
    uuid: randomUUID,
    send: (call) => {
      connection.send(call);
    },
    publish: events.publish,
    count: (name, by = 1) => {
      counters.set(name, (counters.get(name) ?? 0) + by);
    },
    log,
    options,
  };
  const { orchestrator, health, readiness } = keepers(cluster, world);
  const deployer = new Deployer({ cluster, orchestrator, world });
  const apps = new AppService({ cluster, orchestrator, deployer, world });
  const groups = new GroupService({ cluster, apps, deployer });
  const connection = subscribe({ world, cluster, orchestrator, crash, self, clock });
  const stopTicking = clock.every(tickMs, () => {
    orchestrator.tick();
    void health.tick();
    void readiness.tick();
  });
  start.atOnce(() => {
    stopTicking();
    connection.stop();
  });
  const electedAt = clock.now();
  return leaderHandler({
    ...{ cluster, orchestrator, apps, groups, health, events, counters },
    ...{ world, electedAt, self, abdicate },
  });
}

function keepers(
  cluster: Cluster,
  world: World,
): { orchestrator: Orchestrator; health: HealthMonitor; readiness: ReadinessMonitor } {
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
    probe,
    onUnhealthy: (instance) => {
      orchestrator.kill(instance);
    },
  });
  return { orchestrator, health, readiness: new ReadinessMonitor({ cluster, world, probe }) };
}
