import { gateway } from './gateway.ts';
import { keepalived } from './keepalived.ts';
import { marathon } from './marathon.ts';
import { mesosAgent } from './mesos-agent.ts';
import { mesosMaster } from './mesos-master.ts';
import type { Service } from './service.ts';
import { zookeeper } from './zookeeper.ts';

/** In the order in which they start: each needs those before it. */
export const services: readonly Service[] = [
  ...[zookeeper, mesosMaster, mesosAgent],
  ...[marathon, gateway, keepalived],
];
