import { parseZooCfg } from './zoo-cfg.ts';
import { parseHaproxy } from './haproxy-cfg.ts';
import type { FakeContainer, FakeListener, FakeMachine } from './fake-machine.ts';

type Open = Pick<FakeListener, 'address' | 'port' | 'process'>;

/** What listens on the machine, by what its containers were told. */
export function listenersOf(machine: FakeMachine): readonly FakeListener[] {
  const own =
    machine.docker !== 'absent'
      ? [...machine.containers.values()].filter(({ status }) => status === 'running')
      : [];
  return [
    ...machine.strangers,
    ...own.flatMap((container, index) =>
      openPorts(container).map((open) => ({
        ...open,
        pid: 1000 + index,
        container: container.id,
      })),
    ),
  ];
}

/** Ports that the processes of a container open, from its settings alone. */
export function openPorts(container: FakeContainer): readonly Open[] {
  const service = container.labels.get('io.ci-cluster.service') ?? '';
  return openers[service]?.(container) ?? [];
}

const openers: Readonly<Record<string, (container: FakeContainer) => readonly Open[]>> = {
  zookeeper: (container) => {
    const { members } = parseZooCfg(container.seen.get('/conf/zoo.cfg') ?? '');
    const own = members.get(Number(container.seen.get('/data/myid')));
    if (own === undefined) return [];
    return [
      { address: own.clientAddress, port: own.clientPort, process: 'java' },
      { address: own.address, port: own.electionPort, process: 'java' },
    ];
  },
  'mesos-master': ({ env }) => [opened(env, 'MESOS_IP', 'MESOS_PORT', 'mesos-master')],
  'mesos-agent': ({ env }) => [opened(env, 'MESOS_IP', 'MESOS_PORT', 'mesos-agent')],
  marathon: ({ env }) => [opened(env, 'MARATHON_HTTP_ADDRESS', 'MARATHON_HTTP_PORT', 'java')],
  gateway: ({ seen }) =>
    parseHaproxy(seen.get('/usr/local/etc/haproxy/haproxy.cfg') ?? '').frontends.flatMap(
      ({ binds }) => binds.map((bind) => ({ ...bind, process: 'haproxy' })),
    ),
};

function opened(
  env: FakeContainer['env'],
  ...[address, port, process]: readonly [string, string, string]
): Open {
  return { address: env.get(address) ?? '0.0.0.0', port: Number(env.get(port)), process };
}
