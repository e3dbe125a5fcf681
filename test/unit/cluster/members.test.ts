import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  failureTolerance,
  gatewayHosts,
  quorum,
  zookeeperMembers,
  zookeeperUrl,
} from '../../../src/cluster/members.ts';
import { clusterFile, specOf } from '../../support/cluster-file.ts';

test('two quorums of one group always share a member', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99 }), (members) => {
      expect(2 * quorum(members)).toBeGreaterThan(members);
      expect(quorum(members)).toBeLessThanOrEqual(members);
    }),
  );
});

test.each([
  [3, 3, 1],
  [3, 2, 0],
  [3, 1, 0],
  [5, 5, 2],
  [5, 4, 1],
  [1, 1, 0],
])('of %i members with %i in health, %i more may be lost', (members, healthy, tolerance) => {
  expect(failureTolerance(members, healthy)).toBe(tolerance);
});

test('the members of the ensemble are numbered from 1, in the order of the cluster file', async () => {
  const members = zookeeperMembers(await specOf());
  expect(members.map(({ id, host }) => `${id} ${host.name}`)).toEqual(['1 m1', '2 m2', '3 m3']);
});

test('the address of the ensemble names addresses, the client port and the path', async () => {
  const sections = { zookeeper: { clientPort: 2191 } };
  expect(zookeeperUrl(await specOf(clusterFile({ sections })), '/mesos')).toBe(
    'zk://10.0.0.11:2191,10.0.0.12:2191,10.0.0.13:2191/mesos',
  );
});

test('hosts with builds and hosts of role gateway have a gateway', async () => {
  const hosts = { g1: { address: '10.0.0.201', roles: ['gateway'] } };
  const names = gatewayHosts(await specOf(clusterFile({ hosts }))).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['a1', 'a2', 'g1']);
});
