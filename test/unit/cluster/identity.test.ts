import { expect, test } from 'vitest';
import {
  identityOf,
  identityText,
  inRecordedOrder,
  parseIdentity,
} from '../../../src/cluster/identity.ts';
import { clusterFile, specOf } from '../../support/cluster-file.ts';

const spec = await specOf();
const record = identityOf(spec, 'abc', spec.hosts[0]!);

test('the record of a host says whose it is and who votes', () => {
  expect(record).toEqual({
    schemaVersion: 1,
    name: 'ci',
    id: 'abc',
    zookeeper: ['1=m1@10.0.0.11', '2=m2@10.0.0.12', '3=m3@10.0.0.13'],
    mesosMasters: ['m1@10.0.0.11:5050', 'm2@10.0.0.12:5050', 'm3@10.0.0.13:5050'],
    zookeeperPaths: { mesos: '/mesos', marathon: '/marathon' },
    zookeeperPorts: '2181:2888:3888',
    dataFolder: '/var/lib/ci-cluster',
    mesosAgent: null,
  });
});

test('all hosts have the same record, but for their own Mesos agent', () => {
  const agents = spec.hosts.map((host) => identityOf(spec, 'abc', host).mesosAgent);
  expect(agents).toEqual([null, null, null, '10.0.0.101:5051', '10.0.0.102:5051']);
  for (const host of spec.hosts) {
    expect({ ...identityOf(spec, 'abc', host), mesosAgent: null }).toEqual(record);
  }
});

test('a record is read back as it was written', () => {
  expect(parseIdentity(identityText(record))).toEqual(record);
});

test.each(['', '{', '[]', '{"schemaVersion":2,"id":"abc"}', '{"schemaVersion":1}'])(
  'what is no record is not taken for one: %s',
  (text) => {
    expect(parseIdentity(text)).toBeUndefined();
  },
);

test('without a record the order of the cluster file holds', () => {
  expect(inRecordedOrder(spec, undefined)).toBe(spec);
});

test('members in another order of lines get their recorded order back, other hosts stay in place', () => {
  const { hosts } = spec;
  const moved = { ...spec, hosts: [hosts[3]!, hosts[2]!, hosts[4]!, hosts[0]!, hosts[1]!] };
  const names = inRecordedOrder(moved, record).hosts.map(({ name }) => name);
  expect(names).toEqual(['a1', 'm1', 'a2', 'm2', 'm3']);
});

test('a new member comes after the recorded ones', async () => {
  const five = await specOf(clusterFile({ masters: 5 }));
  const moved = { ...five, hosts: five.hosts.toReversed() };
  const names = inRecordedOrder(moved, record).hosts.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('m'))).toEqual(['m1', 'm2', 'm3', 'm5', 'm4']);
});
