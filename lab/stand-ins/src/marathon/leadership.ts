import { randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { EventStream } from './api/event-stream.ts';
import { leaderHandler } from './api/leader-routes.ts';
import type { Leadership } from './api/leadership.ts';
import { AppService } from './core/app-service.ts';
import { Cluster, type StateStore } from './core/cluster.ts';
import { HealthMonitor } from './core/health-monitor.ts';
import { Orchestrator } from './core/orchestrator.ts';
import type { World } from './core/world.ts';
import type { Crash } from './exit-codes.ts';
import type { Log } from './log.ts';
import { detectMaster } from './mesos/master-detector.ts';
import { SchedulerConnection } from './mesos/scheduler-connection.ts';
import type { MesosEvent } from './mesos/wire.ts';
import type { Options } from './options.ts';
import { probe } from './probe.ts';
import type { Handler } from '../shared/http.ts';

export interface LeadershipOptions {
  readonly options: Options;
  readonly store: StateStore;
  readonly self: string;
  readonly log: Log;
  readonly crash: Crash;
  readonly abdicate: () => void;
  readonly clock: Clock;
}

const tickMs = 500;
/** Libmesos' scheduler driver keeps a ZooKeeper session of its own, of 10 s. */
const detectorSessionMs = 10_000;

/** Loads the state, subscribes to Mesos, and answers requests from then on. */
export async function startLeading(start: LeadershipOptions): Promise<Handler> {
  const { options, store, self, log, crash, abdicate, clock } = start;
  const cluster = new Cluster(store);
  await cluster.load();
  if (cluster.frameworkId === undefined && cluster.instances().length > 0) {
    crash('frameworkIdMissing', 'no framework id is stored although instances exist');
  }
  const events = new EventStream(clock.now);
  const world: World = {
    now: clock.now,
    uuid: randomUUID,
    send: (call) => {
      connection.send(call);
    },
    publish: events.publish,
    log,
    options,
  };
  const orchestrator = new Orchestrator(cluster, world);
  const health = new HealthMonitor({
    cluster,
    world,
    probe,
    onUnhealthy: (instance) => {
      orchestrator.kill(instance);
    },
  });
  const apps = new AppService({ cluster, orchestrator, world });
  const connection = connect({ options, cluster, orchestrator, log, crash, self, clock });
  clock.every(tickMs, () => {
    orchestrator.tick();
    void health.tick();
  });
  const electedAt = clock.now();
  const parts = { cluster, orchestrator, apps, health, events, world, electedAt, self, abdicate };
  return leaderHandler(parts satisfies Leadership);
}

interface Subscriber {
  readonly options: Options;
  readonly cluster: Cluster;
  readonly orchestrator: Orchestrator;
  readonly log: Log;
  readonly crash: Crash;
  readonly self: string;
  readonly clock: Clock;
}

function connect(subscriber: Subscriber): SchedulerConnection {
  const { options, cluster, orchestrator, log } = subscriber;
  // One event at a time: an update may refer to what the one before it stored.
  let events: Promise<void> = Promise.resolve();
  const master = detectMaster(options.master, detectorSessionMs, () => {
    connection.check();
  });
  const connection = new SchedulerConnection({
    master,
    frameworkInfo: () => frameworkInfo(options, subscriber.self),
    frameworkId: () => cluster.frameworkId,
    onEvent: (event) => {
      events = events.then(() => handle(event, subscriber));
    },
    onDisconnected: () => {
      orchestrator.disconnected();
    },
    clock: subscriber.clock,
    log,
    silenceMs: options.mesosHeartbeatMs * options.mesosHeartbeatFailures,
  });
  connection.start();
  return connection;
}

function frameworkInfo(options: Options, self: string): Record<string, unknown> {
  return {
    user: options.mesosUser,
    name: options.frameworkName,
    hostname: options.hostname,
    webui_url: options.webuiUrl ?? `http://${self}`,
    failover_timeout: options.failoverTimeoutSeconds,
    checkpoint: options.checkpoint,
    roles: [options.mesosRole],
    capabilities: [{ type: 'PARTITION_AWARE' }, { type: 'MULTI_ROLE' }],
  };
}

async function handle(event: MesosEvent, subscriber: Subscriber): Promise<void> {
  const { orchestrator, log, crash } = subscriber;
  switch (event.type) {
    case 'SUBSCRIBED': {
      const { value } = event.subscribed.framework_id;
      log.info(`Registered as ${value}`);
      await orchestrator.subscribed(value);
      return;
    }
    case 'OFFERS':
      await orchestrator.offers(event.offers.offers);
      return;
    case 'UPDATE':
      await orchestrator.update(event.update.status);
      return;
    case 'FAILURE':
      orchestrator.agentFailed();
      return;
    case 'ERROR': {
      const { message } = event.error;
      const removed = message.includes('Framework has been removed');
      crash(removed ? 'frameworkRemoved' : 'mesosSchedulerError', message);
      return;
    }
    case 'HEARTBEAT':
    case 'RESCIND':
  }
}
