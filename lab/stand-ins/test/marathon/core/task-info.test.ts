import { expect, test } from 'vitest';
import { parseApp } from '../../../src/marathon/app/parse-app.ts';
import type { App } from '../../../src/marathon/app/app-schema.ts';
import { taskInfo } from '../../../src/marathon/core/task-info.ts';

function task(definition: object, ports: readonly number[] = []) {
  const parsed = parseApp({ id: '/ci/agents', cpus: 0.5, mem: 256, ...definition });
  if (parsed.kind === 'faults') throw new Error(JSON.stringify(parsed.faults));
  const versionInfo = { lastScalingAt: 'v', lastConfigChangeAt: 'v' };
  const app = { ...parsed.app, version: 'v', versionInfo } as App;
  const portions = [{ role: '*', cpus: 0.5, mem: 256, disk: 0, gpus: 0, ports }];
  const taken = { ports, portions };
  return taskInfo({ app, taskId: 't1', agentId: 'S1', host: 'h1', taken, role: 'ci' });
}

/** A build agent that Marathon keeps running: it fetches its jar and lives in a network of its own. */
const buildAgent = {
  cmd: 'exec java -jar "$MESOS_SANDBOX/agent.jar" -url http://10.0.0.9:8080/ -secret @/run/s/a',
  fetch: [{ uri: 'http://10.0.0.9:8080/jnlpJars/agent.jar', extract: false }],
  networks: [{ mode: 'container/bridge' }],
  container: {
    type: 'DOCKER',
    docker: {
      image: 'registry.example/build-agent:1',
      parameters: [{ key: 'init', value: 'true' }],
    },
    portMappings: [],
    volumes: [{ containerPath: '/run/s', hostPath: '/etc/ci/secrets', mode: 'RO' }],
  },
  user: 'root',
};

test('a build agent becomes a Docker task with its jar to fetch and a read-only folder', () => {
  expect(task(buildAgent)).toMatchObject({
    name: 'agents.ci',
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.5 }, role: '*' },
      { name: 'mem', type: 'SCALAR', scalar: { value: 256 }, allocation_info: { role: 'ci' } },
    ],
    command: {
      shell: true,
      value: buildAgent.cmd,
      user: 'root',
      uris: [
        {
          value: 'http://10.0.0.9:8080/jnlpJars/agent.jar',
          extract: false,
          executable: false,
          cache: false,
        },
      ],
    },
    container: {
      type: 'DOCKER',
      volumes: [{ container_path: '/run/s', host_path: '/etc/ci/secrets', mode: 'RO' }],
      docker: {
        image: 'registry.example/build-agent:1',
        network: 'BRIDGE',
        port_mappings: [],
        parameters: [{ key: 'init', value: 'true' }],
      },
    },
  });
});

test('published ports of a bridge are mapped, container port 0 is the same as on the host', () => {
  const portMappings = [
    { containerPort: 8080, hostPort: 0, name: 'http' },
    { containerPort: 0, hostPort: 0, protocol: 'udp,tcp' },
  ];
  const container = { ...buildAgent.container, portMappings };
  const made = task({ ...buildAgent, container }, [31005, 31006]);
  expect(made.container?.docker?.port_mappings).toEqual([
    { host_port: 31005, container_port: 8080, protocol: 'tcp' },
    { host_port: 31006, container_port: 31006, protocol: 'udp' },
    { host_port: 31006, container_port: 31006, protocol: 'tcp' },
  ]);
  const env = made.command?.environment?.variables ?? [];
  expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toMatchObject({
    PORT_8080: '31005',
    PORT_HTTP: '31005',
    PORTS: '31005,31006',
  });
});

test.each([
  [{ cmd: 'a b' }, { shell: true, value: 'a b' }],
  [{ args: ['/bin/a', 'b'] }, { shell: false, value: '/bin/a', arguments: ['/bin/a', 'b'] }],
  [
    { args: ['-x'], container: { docker: { image: 'i' } } },
    { shell: false, arguments: ['-x'] },
  ],
  [{ container: { docker: { image: 'i' } } }, { shell: false }],
])('%j: what is run', (definition, command) => {
  const made = task(definition).command;
  expect({ ...made, environment: undefined }).toEqual(command);
});

const timing = {
  delay_seconds: 15,
  interval_seconds: 60,
  timeout_seconds: 20,
  consecutive_failures: 3,
  grace_period_seconds: 300,
};

test.each([
  [
    { protocol: 'MESOS_HTTP', path: '/login' },
    { type: 'HTTP', http: { scheme: 'http', port: 31005, path: '/login' }, ...timing },
  ],
  [
    { protocol: 'MESOS_HTTPS', port: 8443 },
    { type: 'HTTP', http: { scheme: 'https', port: 8443 }, ...timing },
  ],
  [{ protocol: 'MESOS_TCP' }, { type: 'TCP', tcp: { port: 31005 }, ...timing }],
  [
    { protocol: 'COMMAND', command: { value: 'test -e /ok' } },
    { type: 'COMMAND', command: { value: 'test -e /ok' }, ...timing },
  ],
  [{ protocol: 'HTTP', path: '/' }, undefined],
])('health check %j is the executor’s: %j', (check, wire) => {
  expect(task({ cmd: 'x', healthChecks: [check] }, [31005]).health_check).toEqual(wire);
});

test('in a bridge the executor asks the port inside', () => {
  const portMappings = [{ containerPort: 8080, hostPort: 0 }];
  const container = { ...buildAgent.container, portMappings };
  const healthChecks = [{ protocol: 'MESOS_TCP' }];
  const { health_check } = task({ ...buildAgent, container, healthChecks }, [31005]);
  expect(health_check?.tcp).toEqual({ port: 8080 });
});

test('the time to end goes with the task', () => {
  const { kill_policy } = task({ cmd: 'x', taskKillGracePeriodSeconds: 60 });
  expect(kill_policy).toEqual({ grace_period: { nanoseconds: 60_000_000_000 } });
});
