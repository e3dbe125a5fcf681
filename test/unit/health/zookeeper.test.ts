import { expect, test } from 'vitest';
import { probeZookeeper } from '../../../src/health/zookeeper.ts';
import { clusterFile, specOf } from '../../support/cluster-file.ts';
import { sightOf, timeout, words } from '../../support/sight.ts';

/** As ZooKeeper 3.8 of Debian prints it: the version is literally so, the average a float. */
function srvr(mode: string): string {
  return [
    'Zookeeper version: 3.8.0-${mvngit.commit.id}, built on 2023-03-17 18:00 UTC',
    'Latency min/avg/max: 0/0.5/12',
    'Received: 20',
    'Sent: 19',
    'Connections: 1',
    'Outstanding: 0',
    'Zxid: 0x100000005',
    `Mode: ${mode}`,
    'Node count: 9',
    '',
  ].join('\n');
}

const mntr = (synced: number) => `zk_version\t3.8.0\nzk_synced_followers\t${synced}\nzk_x\t1\n`;
const leader = words({ srvr: srvr('leader'), mntr: mntr(2) });
const follower = words({ srvr: srvr('follower') });
const idle = words({ srvr: 'This ZooKeeper instance is not currently serving requests\n' });

test('one leader and two followers in step are healthy, and one may be lost', async () => {
  const sight = await sightOf({ 'm1:2181': follower, 'm2:2181': leader, 'm3:2181': follower });
  expect(await probeZookeeper(sight)).toEqual({
    ...{ state: 'healthy', leader: 'm2', canLose: 1, voting: 3, reason: '' },
    members: [
      { host: 'm1', state: 'healthy', role: 'follower', detail: '' },
      { host: 'm2', state: 'healthy', role: 'leader', detail: '' },
      { host: 'm3', state: 'healthy', role: 'follower', detail: '' },
    ],
  });
});

test('a follower that is not in step yet does not count', async () => {
  const busy = words({ srvr: srvr('leader'), mntr: mntr(1) });
  const sight = await sightOf({ 'm1:2181': busy, 'm2:2181': follower, 'm3:2181': follower });
  expect(await probeZookeeper(sight)).toMatchObject({
    ...{ state: 'degraded', leader: 'm1', canLose: 0, reason: '1 of 3 not in step yet' },
  });
});

test('servers without a quorum run, but nobody leads', async () => {
  const sight = await sightOf({ 'm1:2181': idle });
  const group = await probeZookeeper(sight);
  expect(group).toMatchObject({ state: 'unhealthy', leader: undefined, reason: 'no leader' });
  expect(group.members.map(({ detail }) => detail)).toEqual([
    'runs but is in no quorum',
    'nothing listens on its port',
    'nothing listens on its port',
  ]);
});

test('a server that accepts and never answers is told as such', async () => {
  const frozen = words({ srvr: timeout });
  const sight = await sightOf({ 'm1:2181': frozen, 'm2:2181': leader, 'm3:2181': follower });
  expect(await probeZookeeper(sight)).toMatchObject({
    state: 'degraded',
    members: [{ host: 'm1', state: 'unhealthy', detail: 'no answer within 4 s' }, {}, {}],
  });
});

test('where followers and leader cannot all be seen, nobody says that there is none', async () => {
  const seen = { 'm1:2181': follower, 'm3:2181': follower };
  const sight = await sightOf(seen, { missing: ['m2'] });
  expect(await probeZookeeper(sight)).toMatchObject({
    ...{ state: 'unknown', leader: undefined },
    reason: 'no leader seen; 1 members could not be asked',
  });
});

test('a single server stands alone and may not be lost', async () => {
  const hosts = { a1: { roles: ['gateway', 'marathon'] } };
  const spec = await specOf(clusterFile({ masters: 1, hosts }));
  const sight = await sightOf({ 'm1:2181': words({ srvr: srvr('standalone') }) }, { spec });
  expect(await probeZookeeper(sight)).toMatchObject({
    ...{ state: 'healthy', leader: 'm1', canLose: 0 },
  });
});
