import { readFileSync } from 'node:fs';
import type { Clock } from '../../shared/clock.ts';
import type { Cluster } from '../core/cluster.ts';
import type { Orchestrator } from '../core/orchestrator.ts';
import type { World } from '../core/world.ts';
import type { Crash } from '../exit-codes.ts';
import type { Options } from '../options.ts';
import { detectMaster } from './master-detector.ts';
import { SchedulerConnection } from './scheduler-connection.ts';
import type { MesosEvent, TaskStatus } from './wire.ts';

export interface Subscriber {
  readonly world: World;
  readonly cluster: Cluster;
  readonly orchestrator: Orchestrator;
  readonly crash: Crash;
  readonly self: string;
  readonly clock: Clock;
}

type Subscribed = Extract<MesosEvent, { type: 'SUBSCRIBED' }>['subscribed'];

/** Libmesos' scheduler driver keeps a ZooKeeper session of its own, of 10 s. */
const detectorSessionMs = 10_000;

/** Subscribes at whoever leads the masters, for as long as the process lives. */
export function subscribe(subscriber: Subscriber): SchedulerConnection {
  const { cluster, orchestrator, crash } = subscriber;
  const { options, log } = subscriber.world;
  // One event at a time: an update may refer to what the one before it stored.
  let events: Promise<void> = Promise.resolve();
  const master = detectMaster(options.master, detectorSessionMs, () => {
    connection.check();
  });
  const connection = new SchedulerConnection({
    master,
    frameworkInfo: () => frameworkInfo(options, subscriber.self),
    frameworkId: () => cluster.frameworkId,
    authorization: authorization(options),
    onEvent: (event) => {
      events = events.then(() => handle(event, subscriber));
    },
    onDisconnected: () => {
      orchestrator.disconnected();
      subscriber.world.publish('scheduler_disconnected_event', {});
    },
    onRefused: (message) => {
      crash('mesosSchedulerError', message);
    },
    clock: subscriber.clock,
    log,
    silenceMs: options.mesosHeartbeatMs * options.mesosHeartbeatFailures,
  });
  connection.start();
  return connection;
}

function frameworkInfo(options: Options, self: string): Record<string, unknown> {
  const { mesosAuthentication } = options;
  return {
    user: options.mesosUser,
    name: options.frameworkName,
    hostname: options.hostname,
    webui_url: options.webuiUrl ?? `http://${self}`,
    failover_timeout: options.failoverTimeoutSeconds,
    checkpoint: options.checkpoint,
    roles: [options.mesosRole],
    capabilities: [{ type: 'PARTITION_AWARE' }, { type: 'MULTI_ROLE' }],
    ...(mesosAuthentication === undefined ? {} : { principal: mesosAuthentication.principal }),
  };
}

/** The v1 API wants HTTP's Basic authentication, where libmesos' driver does CRAM-MD5. */
function authorization({ mesosAuthentication: given }: Options): string | undefined {
  if (given === undefined) return undefined;
  const { principal, secret, secretFile } = given;
  const fromFile = secretFile === undefined ? '' : readFileSync(secretFile, 'utf8').trimEnd();
  const text = `${principal}:${secret ?? fromFile}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

async function handle(event: MesosEvent, subscriber: Subscriber): Promise<void> {
  const { orchestrator, crash } = subscriber;
  switch (event.type) {
    case 'SUBSCRIBED':
      await registered(event.subscribed, subscriber);
      return;
    case 'OFFERS':
      await orchestrator.offers(event.offers.offers);
      return;
    case 'UPDATE':
      subscriber.world.count(counterOf(event.update.status));
      await orchestrator.update(event.update.status);
      return;
    case 'FAILURE':
      orchestrator.agentFailed();
      return;
    case 'MESSAGE':
      subscriber.world.publish('framework_message_event', {
        slaveId: event.message.agent_id.value,
        executorId: event.message.executor_id.value,
        message: event.message.data,
      });
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

async function registered(
  { framework_id: { value }, master_info: master }: Subscribed,
  { orchestrator, cluster, world }: Subscriber,
): Promise<void> {
  const again = cluster.frameworkId === value;
  world.log.info(`${again ? 'Re-registered' : 'Registered'} as ${value}`);
  world.publish(again ? 'scheduler_reregistered_event' : 'scheduler_registered_event', {
    frameworkId: value,
    master: master?.hostname ?? '',
  });
  await orchestrator.subscribed(value);
}

function counterOf({ state }: TaskStatus): string {
  return `marathon.mesos.task-updates.${state.toLowerCase().replaceAll('_', '-')}.counter`;
}
