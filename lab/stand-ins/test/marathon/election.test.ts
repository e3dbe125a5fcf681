import { beforeEach, describe, expect, test } from 'vitest';
import { Election } from '../../src/marathon/election.ts';
import { ZooKeeperStore } from '../../src/marathon/zookeeper-store.ts';
import { fakeClock, settle } from '../shared/support/fake-clock.ts';
import { FakeZooKeeper, type FakeSession } from './support/fake-zookeeper.ts';

interface Member {
  readonly election: Election;
  readonly session: FakeSession;
  readonly crashes: string[];
  /** As a process does that was told to crash: it leads no more. */
  readonly leads: () => boolean;
}

let zookeeper: FakeZooKeeper;
let clock = fakeClock();

beforeEach(() => {
  zookeeper = new FakeZooKeeper();
  clock = fakeClock();
});

async function join(self: string): Promise<Member> {
  const crashes: string[] = [];
  const election = new Election({
    session: zookeeper.session,
    url: { servers: 'z1:2181', path: '/marathon', credentials: undefined },
    sessionTimeoutMs: 10_000,
    connectionTimeoutMs: 10_000,
    self,
    onElected: () => undefined,
    crash: (reason) => crashes.push(reason),
    log: { info: () => undefined, warning: () => undefined, error: () => undefined },
    clock,
  });
  const session = zookeeper.sessions.at(-1)!;
  await election.start();
  await settle();
  return { election, session, crashes, leads: () => election.isLeader && crashes.length === 0 };
}

async function three(): Promise<[Member, Member, Member]> {
  return [await join('m1:8080'), await join('m2:8080'), await join('m3:8080')];
}

const leaders = (members: readonly Member[]) => members.map((one) => one.leads());

test('the first to come leads, the others know who', async () => {
  const members = await three();
  expect(leaders(members)).toEqual([true, false, false]);
  expect(members.map(({ election }) => election.leader)).toEqual(Array(3).fill('m1:8080'));
  expect(zookeeper.names('/marathon/leader-curator')[0]).toMatch(/^_c_[\da-f-]{36}-latch-\d{10}$/);
});

test('one that leaves is followed at once', async () => {
  const members = await three();
  members[0].election.leave();
  await settle();
  expect(leaders(members)).toEqual([false, true, false]);
});

test('a question without an answer is asked again: the next in line must not stay a standby', async () => {
  const members = await three();
  members[1].session.unanswered = 1;
  members[0].election.leave();
  await settle();
  expect(leaders(members)).toEqual([false, false, false]);
  await clock.advance(1000);
  expect(leaders(members)).toEqual([false, true, false]);
});

describe('the process ends with a reason of its own', () => {
  test('when there is no ZooKeeper at the start', async () => {
    zookeeper.down = true;
    const { crashes } = await join('m1:8080');
    expect(crashes).toEqual(['zookeeperConnectionFailed']);
  });

  test('when the session is over', async () => {
    const { session, crashes } = await join('m1:8080');
    session.options.onExpired('session expired');
    expect(crashes).toEqual(['zookeeperConnectionLost']);
  });

  test('when somebody removes the znode by which it leads', async () => {
    const [leader, next] = await three();
    zookeeper.drop(`/marathon/leader-curator/${zookeeper.names('/marathon/leader-curator')[0]!}`);
    await settle();
    expect(leader.crashes).toEqual(['leadershipLost']);
    expect(next.leads()).toBe(true);
  });
});

describe('two never lead', () => {
  test('a leader without ZooKeeper stops before another can take over', async () => {
    const members = await three();
    await members[0].session.loseConnection();
    expect(members[0].crashes).toEqual(['leadershipLost']);
    expect(leaders(members)).toEqual([false, false, false]);
    await zookeeper.expire(members[0].session);
    expect(leaders(members)).toEqual([false, true, false]);
  });

  test('in whatever order connections and sessions go', async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      zookeeper = new FakeZooKeeper();
      const members = await three();
      for (let step = 0; step < 3; step += 1) {
        const victim = members[(seed + step * (1 + (seed % 2))) % 3]!;
        await victim.session.loseConnection();
        expect(leaders(members).filter(Boolean).length).toBeLessThan(2);
        await zookeeper.expire(victim.session);
        expect(leaders(members).filter(Boolean).length).toBeLessThan(2);
      }
    }
  });

  test('nor two under the same name: the later one ends with its own code', async () => {
    await join('m1:8080');
    const twin = await join('m1:8080');
    expect(twin.crashes).toContain('leadershipEndedFaulty');
    expect(twin.leads()).toBe(false);
  });

  test('a standby without ZooKeeper goes on and knows no leader', async () => {
    const members = await three();
    await members[1].session.loseConnection();
    expect(members[1].crashes).toEqual([]);
    expect(members[1].election.leader).toBeUndefined();
  });
});

describe('the state below the same path', () => {
  async function store() {
    const { election } = await join('m1:8080');
    return new ZooKeeperStore(() => election.session, '/marathon/state');
  }

  test('comes back as it was saved, whoever asks', async () => {
    const first = await store();
    await first.load();
    await first.save('framework-id', 'f1');
    await first.save('apps/ci_jenkins', '{"a":1}');
    await first.save('apps/ci_jenkins', '{"a":2}');
    await first.save('group/ci', '{"b":1}');
    await first.remove('group/ci');
    const loaded = await (await store()).load();
    expect(Object.fromEntries(loaded)).toEqual({
      'framework-id': 'f1',
      'apps/ci_jenkins': '{"a":2}',
    });
  });

  test.each([
    ['1.9.3', undefined],
    ['1.10.26', undefined],
    ['1.11.0', 'Migration from 1.11.0 is not supported as it is newer than 1.10.26'],
    ['2.0.0', 'is not supported as it is newer'],
    ['\u0008\u0001\u0010\u000a', 'was written by real Marathon'],
  ])('of version %j: %s', async (version, refusal) => {
    const it = await store();
    const path = '/marathon/state/internal:storage:version';
    zookeeper.put(path, version);
    if (refusal === undefined) await it.load();
    else await expect(it.load()).rejects.toThrow(refusal);
    const kept = zookeeper.znodes.get(path)?.data.toString();
    expect(kept).toBe(refusal === undefined ? '1.10.26' : version);
  });
});
