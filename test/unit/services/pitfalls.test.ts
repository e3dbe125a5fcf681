import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { controllerApp, controllerFiles } from '../../../src/services/jenkins.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';
import { templates } from '../../support/fake-ports.ts';
import { parseHaproxy } from '../../support/haproxy-cfg.ts';
import { allTexts, contentOf, ofService, rendered } from '../../support/rendered.ts';
import { parseZooCfg } from '../../support/zoo-cfg.ts';

/** What the numbers mean stands in docs/pitfalls.md. */
const spec = await specOf();
const all = rendered(spec);
const masters = ofService(all, 'mesos-master');
const agents = ofService(all, 'mesos-agent');
const marathons = ofService(all, 'marathon');
const [main] = spec.jenkins;
const app = controllerApp(spec, main!) as unknown as Record<string, unknown> & {
  readonly env: Record<string, string>;
  readonly container: { readonly volumes: readonly Record<string, string>[] };
};
const addresses = ['10.0.0.11', '10.0.0.12', '10.0.0.13'];
const members = '10.0.0.11:2181,10.0.0.12:2181,10.0.0.13:2181';

test('pitfall 1: Jenkins and people reach the Mesos leader through a gateway that follows it', () => {
  for (const gateway of ofService(all, 'gateway')) {
    const { backends, sections } = parseHaproxy(contentOf(gateway, 'haproxy.cfg'));
    const leader = backends.find(({ name }) => name === 'mesos-leader');
    expect(leader).toEqual({
      ...{ name: 'mesos-leader', mode: 'http', expect: 200 },
      check: { method: 'POST', path: '/api/v1', body: '{"type":"GET_HEALTH"}' },
      servers: addresses.map((address, index) => {
        return { name: `m${index + 1}`, address, port: 5050, checked: true };
      }),
    });
    const defaults = sections.find(({ kind }) => kind === 'defaults')?.lines ?? [];
    expect(defaults.join('\n')).toMatch(/^default-server .* on-marked-down shutdown-sessions$/m);
  }
});

test('pitfall 1: the gateway holds scheduler streams open between two heartbeats of 15 s', () => {
  const [gateway] = ofService(all, 'gateway');
  const { sections } = parseHaproxy(contentOf(gateway!, 'haproxy.cfg'));
  const defaults = sections.find(({ kind }) => kind === 'defaults')?.lines ?? [];
  for (const name of ['client', 'server', 'tunnel']) {
    const value = defaults.find((line) => line.startsWith(`timeout ${name} `))?.split(' ')[2] ?? '';
    expect(`${name} ${milliseconds(value) > 4 * 15_000}`).toBe(`${name} true`);
  }
});

function milliseconds(value: string): number {
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const [, count, unit] = /^(\d+)(ms|s|m|h)$/.exec(value) ?? [];
  return Number(count) * units[unit as keyof typeof units];
}

test('pitfall 3: the home of a controller is where its choice says, and its task runs there only', () => {
  expect(app.container.volumes[0]).toEqual({
    ...{ containerPath: '/var/jenkins_home', mode: 'RW' },
    hostPath: '/var/lib/ci-cluster/jenkins/main',
  });
  expect(app.constraints).toEqual([['hostname', 'IS', '10.0.0.101']]);
});

test('pitfall 3: a controller with a shared home may run on any Mesos agent', async () => {
  const home = { kind: 'shared', path: '/srv/jenkins/main' };
  const shared = await specOf(clusterFile({ jenkins: { main: controller({ home }) } }));
  expect(controllerApp(shared, shared.jenkins[0]!)).toMatchObject({ constraints: [] });
});

test('pitfall 4: volumes are paths of the host, never local persistent volumes', () => {
  for (const volume of app.container.volumes) {
    expect(Object.keys(volume).toSorted()).toEqual(['containerPath', 'hostPath', 'mode']);
    expect(volume.hostPath).toMatch(/^\//);
  }
  expect(JSON.stringify(app)).not.toMatch(/persistent|residency/);
});

test('pitfall 5: never two controllers on one home', () => {
  expect(app).toMatchObject({
    instances: 1,
    upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    unreachableStrategy: 'disabled',
    labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
  });
});

test('pitfall 7: containers and the Jenkins task use the network of their host', () => {
  expect(app.networks).toEqual([{ mode: 'host' }]);
  expect(allTexts(spec).filter((text) => text.startsWith('docker run'))).toHaveLength(13);
  for (const text of allTexts(spec).filter((line) => line.startsWith('docker run'))) {
    expect(text).toContain(' --network host ');
  }
});

test('pitfall 8: everything binds and advertises the address of its host, nothing looks up a name', () => {
  for (const { container, host } of [...masters, ...agents]) {
    expect(container.env).toMatchObject({
      ...{ MESOS_IP: host.address, MESOS_HOSTNAME: host.address },
      MESOS_HOSTNAME_LOOKUP: 'false',
    });
  }
  for (const { container, host } of marathons) {
    expect(container.env).toMatchObject({
      ...{ MARATHON_HTTP_ADDRESS: host.address, MARATHON_HOSTNAME: host.address },
      LIBPROCESS_IP: host.address,
    });
  }
});

test('pitfall 8: no rendered text binds all addresses or a loopback of a name', () => {
  for (const text of allTexts(spec)) {
    expect(text).not.toContain('0.0.0.0');
    expect(text).not.toContain('127.0.1.1');
    expect(text).not.toMatch(/\blocalhost\b/);
  }
});

test('pitfall 9: every port of libprocess is fixed', async () => {
  const sections = {
    mesos: { masterPort: 6050, agentPort: 6051 },
    marathon: { libprocessPort: 6090 },
  };
  const moved = rendered(await specOf(clusterFile({ sections })));
  const envs = (name: 'mesos-master' | 'mesos-agent' | 'marathon') =>
    ofService(moved, name).map(({ container }) => container.env);
  expect(envs('mesos-master').map((env) => env.MESOS_PORT)).toEqual(['6050', '6050', '6050']);
  expect(envs('mesos-agent').map((env) => env.MESOS_PORT)).toEqual(['6051', '6051']);
  expect(envs('marathon').map((env) => env.LIBPROCESS_PORT)).toEqual(['6090', '6090', '6090']);
});

test('pitfall 10: an agent takes up more resources instead of refusing to start', () => {
  for (const { container } of agents) {
    expect(container.env.MESOS_RECONFIGURATION_POLICY).toBe('additive');
  }
});

test('pitfall 11: tasks and their executors outlive the container of the agent', () => {
  for (const { container } of agents) {
    expect(container.hostPids).toBe(true);
    expect(container.env.MESOS_DOCKER_MESOS_IMAGE).toBe(spec.images.mesosAgent);
    expect(container.name).toBe('ci-mesos-agent');
    const work = container.mounts.find(({ to }) => to === container.env.MESOS_WORK_DIR);
    expect(work).toMatchObject({ from: work?.to, readOnly: false });
  }
});

test('pitfall 13: on a host with cgroup v2 only, the agent does without cgroups of its own', () => {
  for (const { container } of agents) {
    expect(container.env).toMatchObject({
      ...{ MESOS_LAUNCHER: 'posix', MESOS_ISOLATION: 'posix/cpu,posix/mem' },
      MESOS_SYSTEMD_ENABLE_SUPPORT: 'false',
    });
  }
  for (const { container } of ofService(rendered(spec, false), 'mesos-agent')) {
    expect(container.env).not.toHaveProperty('MESOS_LAUNCHER');
    expect(container.env.MESOS_SYSTEMD_ENABLE_SUPPORT).toBe('false');
  }
});

test.each([
  [1, '1'],
  [3, '2'],
  [5, '3'],
  [7, '4'],
])('pitfall 14: %i masters agree by %s', async (count, quorum) => {
  const hosts = count === 1 ? { a1: { roles: ['gateway', 'marathon'] } } : {};
  const some = rendered(await specOf(clusterFile({ masters: count, hosts })));
  const values = ofService(some, 'mesos-master').map(({ container }) => container.env);
  expect(values.map((env) => env.MESOS_QUORUM)).toEqual(Array(count).fill(quorum));
});

test('pitfall 15: the registry is replicated, by an argument that replaces the one of the image', () => {
  for (const { container, host } of masters) {
    expect(container.command).toEqual(['--registry=replicated_log']);
    expect(container.env).not.toHaveProperty('MESOS_REGISTRY');
    const work = '/var/lib/ci-cluster/mesos-master';
    expect(container.env.MESOS_WORK_DIR).toBe(work);
    expect(container.mounts).toContainEqual({ from: work, to: work, readOnly: false });
    expect(host.roles).toContain('mesos-master');
  }
});

test('pitfall 19: Marathon gets exactly the variables it knows, and no flag twice', () => {
  for (const { container } of marathons) {
    expect(Object.keys(container.env).toSorted()).toEqual([
      'JAVA_OPTS',
      'LIBPROCESS_IP',
      'LIBPROCESS_PORT',
      'MARATHON_FRAMEWORK_NAME',
      'MARATHON_HOSTNAME',
      'MARATHON_HTTP_ADDRESS',
      'MARATHON_HTTP_PORT',
      'MARATHON_MASTER',
      'MARATHON_MESOS_USER',
      'MARATHON_TASK_LAUNCH_TIMEOUT',
      'MARATHON_ZK',
      'MARATHON_ZK_SESSION_TIMEOUT',
    ]);
    expect(container.command).toEqual([]);
    const settings = Object.entries(container.env).filter(([name]) => name.startsWith('MARATHON_'));
    expect(settings.filter(([, value]) => /^(true|false)$/.test(value))).toEqual([]);
  }
});

test('pitfall 20: AdminServer of ZooKeeper does not take 8080, which is Marathon’s', () => {
  for (const server of ofService(all, 'zookeeper')) {
    const { keys } = parseZooCfg(contentOf(server, 'zoo.cfg'));
    expect(keys.get('admin.enableServer')).toBe('false');
  }
  expect(marathons[0]?.container.env.MARATHON_HTTP_PORT).toBe('8080');
});

test('pitfall 20: no two services of a host listen on one port', () => {
  for (const host of spec.hosts) {
    const ports = all
      .filter((one) => one.host === host)
      .flatMap(({ container }) => [...container.listens, ...container.opensLater]);
    expect(ports.length).toBe(new Set(ports).size);
  }
});

test('pitfall 21: every ZooKeeper names all members by their address, itself too, with unique ids', () => {
  const files = ofService(all, 'zookeeper').map((server) => contentOf(server, 'zoo.cfg'));
  expect(new Set(files).size).toBe(1);
  const { members: entries } = parseZooCfg(files[0] ?? '');
  expect([...entries]).toEqual(
    addresses.map((address, index) => [
      index + 1,
      {
        ...{ address, quorumPort: 2888, electionPort: 3888 },
        ...{ clientAddress: address, clientPort: 2181 },
      },
    ]),
  );
});

test('pitfall 21: the id of a server is its own, in the file and in the environment', () => {
  const servers = ofService(all, 'zookeeper');
  expect(servers.map((server) => contentOf(server, 'myid'))).toEqual(['1\n', '2\n', '3\n']);
  expect(servers.map(({ container }) => container.env.ZOO_MY_ID)).toEqual(['1', '2', '3']);
});

test('pitfall 22: every list of the ensemble has the same members in the same order, by address', () => {
  for (const { container } of masters) {
    expect(container.env.MESOS_ZK).toBe(`zk://${members}/mesos`);
  }
  for (const { container } of agents) {
    expect(container.env.MESOS_MASTER).toBe(`zk://${members}/mesos`);
  }
  for (const { container } of marathons) {
    expect(container.env.MARATHON_MASTER).toBe(`zk://${members}/mesos`);
    expect(container.env.MARATHON_ZK).toBe(`zk://${members}/marathon`);
  }
});

test('pitfall 23: the port of inbound build agents is reserved, enforced and set in Jenkins', () => {
  expect(app).toMatchObject({
    requirePorts: true,
    portDefinitions: [
      { port: 31_080, name: 'http' },
      { port: 31_500, name: 'agent' },
    ],
  });
  const options = app.env.JAVA_OPTS?.split(' ');
  // jenkins.sh overlooks JENKINS_SLAVE_AGENT_PORT where an option contains this text, as the second does.
  expect(options).toContain('-Djenkins.model.Jenkins.slaveAgentPort=31500');
  expect(options).toContain('-Djenkins.model.Jenkins.slaveAgentPortEnforce=true');
  expect(options).toContain('-Dhudson.TcpSlaveAgentListener.port=50000');
  expect(options).toContain('-Dhudson.TcpSlaveAgentListener.hostName=10.0.0.101');
  const files = controllerFiles(spec, main!, templates);
  const casc = parse(contentOf({ files }, 'jenkins.yaml')) as { jenkins: object };
  expect(casc.jenkins).toMatchObject({ slaveAgentPort: 31_500 });
  const [agent] = agents;
  expect(agent?.container.env.MESOS_RESOURCES).toContain('ports:[31000-32000]');
});

test('pitfall 23: two controllers have ports of their own', async () => {
  const jenkins = { main: controller(), second: controller() };
  const two = await specOf(clusterFile({ jenkins }));
  const ports = two.jenkins.flatMap((one) => [
    ...[one.port, one.agentPort, one.gatewayPort, one.gatewayAgentPort],
  ]);
  expect(new Set(ports).size).toBe(8);
});

test('pitfall 25: everything that must outlive a reboot is under the data folder, and comes back by itself', () => {
  const kept = all.flatMap(({ container }) => container.mounts.filter((m) => !m.readOnly));
  for (const { from } of kept) {
    expect(from).toMatch(/^(\/var\/lib\/ci-cluster\/|\/var\/run\/docker\.sock|\/sys\/fs\/cgroup)/);
  }
  for (const text of allTexts(spec).filter((line) => line.startsWith('docker run'))) {
    expect(text).toContain(' --restart unless-stopped ');
  }
});
