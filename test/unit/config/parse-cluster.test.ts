import { expect, test } from 'vitest';
import { adminPassword, clusterFile, specOf } from '../../support/cluster-file.ts';

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
