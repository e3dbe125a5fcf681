import { expect, test } from 'vitest';
import { parseCluster } from '../../../src/config/parse-cluster.ts';
import type { ClusterError } from '../../../src/errors.ts';
import { adminPassword, clusterFile, controller, specOf } from '../../support/cluster-file.ts';
import { faultsIn } from '../../support/config-faults.ts';

const origin = { path: 'site/cluster.yml', home: '/home/ops' };

test('a cluster file of three masters and two agents becomes a complete description', async () => {
  const spec = await specOf(clusterFile());
  expect(spec.hosts.map(({ name, roles }) => `${name}: ${roles.join(' ')}`)).toEqual([
    'm1: zookeeper mesos-master marathon',
    'm2: zookeeper mesos-master marathon',
    'm3: zookeeper mesos-master marathon',
    'a1: mesos-agent gateway',
    'a2: mesos-agent',
  ]);
  expect(spec.jenkins[0]).toMatchObject({
    ...{ name: 'main', port: 31080, agentPort: 31500, gatewayPort: 8081, gatewayAgentPort: 50000 },
    url: 'http://10.0.0.101:8081/',
    home: { kind: 'pinned', host: 'a1', path: '/var/lib/ci-cluster/jenkins/main' },
  });
  expect(spec.jenkins[0]?.admin.password.reveal()).toBe(adminPassword);
});

test('roles of the groups and of the host are united, in one order and each once', () => {
  const hosts = { m1: { roles: ['gateway', 'mesos-agent', 'zookeeper'] } };
  const parsed = parseCluster(clusterFile({ masters: 1, agents: 0, hosts }), origin);
  expect(parsed.hosts[0]?.roles).toEqual([
    ...['zookeeper', 'mesos-master', 'marathon', 'mesos-agent', 'gateway'],
  ]);
});

test('hosts and controllers keep the order of the file, even with names that look like numbers', () => {
  const text = `name: ci
masters: ["9a", "10", "2"]
hosts: { 9a: { address: 10.0.0.3 }, 10: { address: 10.0.0.1 }, 2: { address: 10.0.0.2 } }
`;
  expect(parseCluster(text, origin).hosts.map(({ name }) => name)).toEqual(['9a', '10', '2']);
});

test('ssh settings of a host win field by field over the common ones', () => {
  const hosts = { a1: { ssh: { address: 'a1.example.com', port: 2222, identityFile: 'keys/a1' } } };
  const parsed = parseCluster(clusterFile({ hosts }), origin);
  expect(parsed.hosts.find(({ name }) => name === 'a1')?.ssh).toEqual({
    ...{ host: 'a1', address: 'a1.example.com', port: 2222, user: 'ops' },
    ...{ identityFile: 'site/keys/a1', knownHostsFile: '/home/ops/.ssh/known_hosts' },
    ...{ hostKey: undefined, bastion: undefined },
  });
  expect(parsed.hosts.find(({ name }) => name === 'a2')?.ssh).toMatchObject({
    ...{ address: '10.0.0.102', port: 22, identityFile: '/home/ops/.ssh/id_ed25519' },
  });
});

test('a bastion takes from the hosts what it does not say itself', () => {
  const ssh = { user: 'ops', identityFile: '/keys/hosts', bastion: { address: '192.0.2.7' } };
  const parsed = parseCluster(clusterFile({ sections: { ssh } }), origin);
  expect(parsed.hosts[0]?.ssh.bastion).toEqual({
    ...{ host: 'bastion', address: '192.0.2.7', port: 22, user: 'ops' },
    ...{ identityFile: '/keys/hosts', knownHostsFile: '/home/ops/.ssh/known_hosts' },
    hostKey: undefined,
  });
});

test('times and sizes are converted to milliseconds and MiB', () => {
  const sections = {
    zookeeper: { tickTime: '500ms', heap: '2GiB' },
    mesos: { executorRegistrationTimeout: '1h', offerTimeout: '2m', zookeeperSession: '10s' },
    marathon: { zookeeperSession: '4s' },
    docker: { logs: { maxSize: '1GiB' } },
  };
  const hosts = {
    a1: { resources: { cpus: 1.5, memory: '8GiB', disk: '1TiB', ports: '31000-31999' } },
  };
  const parsed = parseCluster(clusterFile({ sections, hosts }), origin);
  expect(parsed.zookeeper).toMatchObject({ tickTimeMs: 500, heapMb: 2048 });
  expect(parsed.mesos).toMatchObject({
    ...{ executorRegistrationTimeoutMs: 3_600_000, offerTimeoutMs: 120_000 },
    zookeeperSessionMs: 10_000,
  });
  expect(parsed.docker.logMaxSizeMb).toBe(1024);
  expect(parsed.hosts.find(({ name }) => name === 'a1')?.agent.resources).toEqual({
    ...{ cpus: 1.5, memoryMb: 8192, diskMb: 1_048_576, ports: { first: 31000, last: 31999 } },
  });
});

test('the ports of the second controller are the next ones', () => {
  const second = controller({ home: { kind: 'shared', path: '/srv/tools' } });
  const jenkins = { main: controller(), tools: second };
  expect(parseCluster(clusterFile({ jenkins }), origin).jenkins[1]).toMatchObject({
    ...{ port: 31081, agentPort: 31501, gatewayPort: 8082, gatewayAgentPort: 50001 },
    ...{ url: 'http://10.0.0.101:8082/', home: { kind: 'shared', path: '/srv/tools' } },
  });
});

test('without a gateway host people reach Jenkins on the host that keeps its home', () => {
  const hosts = { a1: { roles: [] } };
  const jenkins = { main: controller({ home: { kind: 'pinned', host: 'a2' } }) };
  const parsed = parseCluster(clusterFile({ hosts, jenkins }), origin);
  expect(parsed.jenkins[0]?.url).toBe('http://10.0.0.102:8081/');
});

test('a path of the operator may be absolute, below the home or beside the cluster file', () => {
  const passwordFrom = (file: string, path: string) => {
    const jenkins = { main: controller({ admin: { password: { file } } }) };
    const parsed = parseCluster(clusterFile({ jenkins }), { path, home: '/home/ops/' });
    return parsed.jenkins[0]?.admin.password;
  };
  expect(passwordFrom('/srv/word', 'a/cluster.yml')).toEqual({ kind: 'file', path: '/srv/word' });
  expect(passwordFrom('~/word', 'a/cluster.yml')).toEqual({ kind: 'file', path: '/home/ops/word' });
  expect(passwordFrom('./word', 'cluster.yml')).toEqual({ kind: 'file', path: 'word' });
  expect(passwordFrom('../word', '/a/cluster.yml')).toEqual({ kind: 'file', path: '/a/../word' });
});

test('one host may be the whole cluster', () => {
  const hosts = { m1: { roles: ['mesos-agent', 'gateway'] } };
  const jenkins = { main: controller({ home: { kind: 'pinned', host: 'm1' } }) };
  expect(faultsIn(clusterFile({ masters: 1, agents: 0, hosts, jenkins }))).toEqual([]);
});

test('two controllers pinned to different hosts may use the same ports there', () => {
  const tools = controller({ home: { kind: 'pinned', host: 'a2' }, port: 31080, agentPort: 31500 });
  expect(faultsIn(clusterFile({ jenkins: { main: controller(), tools } }))).toEqual([]);
});

test('aliases, a byte order mark and line ends of Windows are read', () => {
  const text = '\ufeffname: ci\nmasters: [m1]\nhosts:\n  m1: &m { address: 10.0.0.11 }\nx: 1\n';
  expect(faultsIn(text.replaceAll('\n', '\r\n'))).toEqual([
    expect.stringContaining('5:1 unknown key `x`'),
  ]);
  const shared =
    'name: ci\nmasters: &all [m1]\nagents: *all\nhosts:\n  m1: { address: 10.0.0.11 }\n';
  expect(parseCluster(shared, origin).hosts[0]?.roles).toHaveLength(4);
});

test('a text without any character is an empty file', () => {
  expect(faultsIn('')).toEqual(['1:1 the file is empty']);
});

test('a file larger than 1 MiB is refused unread', () => {
  expect(faultsIn(`name: ci\n# ${'x'.repeat(1024 * 1024)}`)).toEqual([
    '1:1 the file is larger than 1 MiB, which no cluster file is',
  ]);
});

test('of a hundred faults the first fifty are shown, and how many are left', () => {
  const text = Array.from({ length: 120 }, (_, index) => `wrong-${String(index)}: 1`).join('\n');
  const faults = faultsIn(`name: ci\nhosts: {}\n${text}\n`);
  expect(faults).toHaveLength(51);
  expect(faults.at(-1)).toBe('and 72 more');
});

test('the error names the file, counts the faults and says what to type', () => {
  expect.assertions(3);
  try {
    parseCluster('name: ci\nhosts: 1\n', origin);
  } catch (error) {
    const { message, remedy, code } = error as ClusterError;
    expect(message.split('\n')).toEqual([
      'site/cluster.yml has 1 fault',
      'site/cluster.yml:2:8 hosts: must be a mapping by name, not 1',
    ]);
    expect(remedy).toContain('ci-cluster sample');
    expect(code).toBe('CONFIG_INVALID');
  }
});

test('a host named like a property of every object is an ordinary host', () => {
  const hosts = { constructor: { address: '10.0.0.50', roles: ['gateway'] } };
  expect(faultsIn(clusterFile({ hosts }))).toEqual([]);
  const text = 'name: ci\nmasters: [m1, constructor]\nhosts: { m1: { address: 10.0.0.11 } }\n';
  expect(faultsIn(text)).toEqual(['2:15 masters.1: no host is named constructor, add it to hosts']);
});

test('an even number of masters is reported beside a mistyped port, but not beside a mistyped group', () => {
  const even = clusterFile({ masters: 4, sections: { gateway: { mesosPort: 'x' } } });
  expect(faultsIn(even).map((fault) => fault.split(' ')[1])).toEqual([
    'masters:',
    'gateway.mesosPort:',
  ]);
  const mistyped = clusterFile({ masters: 4, sections: { masters: ['m1', 'm2', 'M3', 'm4'] } });
  expect(faultsIn(mistyped).map((fault) => fault.split(' ')[1])).toEqual(['masters.2:']);
});

test('a home around another one is refused, unless the controllers never meet on a host', () => {
  const at = (host: string, path: string) => controller({ home: { kind: 'pinned', host, path } });
  const inner = at('a1', '/srv/jenkins/inner');
  expect(faultsIn(clusterFile({ jenkins: { inner, outer: at('a1', '/srv/jenkins') } }))).toEqual([
    expect.stringContaining('jenkins.outer.home.path: /srv/jenkins overlaps the home of inner'),
  ]);
  expect(faultsIn(clusterFile({ jenkins: { inner, outer: at('a2', '/srv/jenkins') } }))).toEqual(
    [],
  );
});

test('a home that says no path is in the data folder', () => {
  const sections = { folders: { data: '/srv/ci' } };
  const [main] = parseCluster(clusterFile({ sections }), origin).jenkins;
  expect(main?.home.path).toBe('/srv/ci/jenkins/main');
});
