import { quorum } from '../../cluster/members.ts';
import { timingsOf } from '../bounds/timings.ts';
import { zookeeperLeader } from '../bounds/terms.ts';
import type { Attack } from '../fault.ts';
import type { Scene } from '../scene/scene.ts';
import {
  atOnce,
  addressesOf,
  atLeader,
  collateral,
  containerOf,
  cutBoth,
  draft,
  quietest,
  skip,
  strike,
  unaimed,
  victim,
} from './draft.ts';
import type { Drill } from './drill.ts';

function followers({ health }: Scene): readonly string[] {
  return health.zookeeper.members.filter(({ role }) => role === 'follower').map(({ host }) => host);
}

function members({ health }: Scene): readonly string[] {
  return health.zookeeper.members.map(({ host }) => host);
}

const killFollower: Drill = {
  ...{ id: 'D01', name: 'zk-follower-kill', class: 'safe' },
  title: 'a ZooKeeper follower dies',
  draft: (scene) => {
    const host = quietest(scene, followers(scene));
    if (members(scene).length === 1) return skip('one ZooKeeper member has no followers');
    if (host === undefined) return unaimed('no ZooKeeper follower is in sight');
    return draft({
      victims: [victim(scene, host, 'zookeeper')],
      attack: killed(scene, host),
      // Whichever instance had its session there.
      blow: { may: collateral(scene, [], 'told') },
    });
  },
};

function killed(scene: Scene, host: string): Attack {
  const container = containerOf(scene, host, 'zookeeper');
  return atOnce([strike(host, { kind: 'kill', container })]);
}

const killLeader: Drill = {
  ...{ id: 'D02', name: 'zk-leader-kill', class: 'safe' },
  title: 'the ZooKeeper leader dies',
  draft: (scene) =>
    atLeader(scene, 'zookeeper', (host) =>
      draft({
        victims: [victim(scene, host, 'zookeeper')],
        attack: killed(scene, host),
        blow: { hits: ['zookeeper'], may: collateral(scene, ['zookeeper'], 'told') },
      }),
    ),
};

/** Longer than the others need to give the silent leader up. */
function outlivesElection(scene: Scene): number {
  return Math.max(30_000, zookeeperLeader(timingsOf(scene), 'silent').softMs + 5000);
}

const pauseLeader: Drill = {
  ...{ id: 'D03', name: 'zk-leader-pause', class: 'safe' },
  title: 'the ZooKeeper leader freezes, and comes back',
  draft: (scene) =>
    atLeader(scene, 'zookeeper', (host) => {
      const container = containerOf(scene, host, 'zookeeper');
      const holdMs = outlivesElection(scene);
      return draft({
        victims: [victim(scene, host, 'zookeeper')],
        attack: atOnce([strike(host, { kind: 'pause', container })], holdMs),
        blow: silentLoss(scene, 0),
      });
    }),
};

function silentLoss(scene: Scene, lonelyMs: number) {
  const may = collateral(scene, ['zookeeper'], 'silent');
  return { hits: ['zookeeper'], may, way: 'silent', members: 'healed', lonelyMs } as const;
}

/** Between the members alone: what talks to this one as a client goes on until it steps down. */
function betweenMembers({ spec }: Scene, host: string, way: 'in' | 'out' | 'both') {
  const peers = addressesOf(spec, 'zookeeper', host);
  const { quorumPort, electionPort } = spec.zookeeper;
  return [cutBoth(quorumPort, { way, peers }), cutBoth(electionPort, { way, peers })];
}

const isolateLeader: Drill = {
  ...{ id: 'D04', name: 'zk-leader-isolate', class: 'ask' },
  title: 'the ZooKeeper leader is cut from the other members',
  draft: (scene) =>
    atLeader(scene, 'zookeeper', (host) => {
      const rules = betweenMembers(scene, host, 'both');
      const holdMs = outlivesElection(scene);
      return draft({
        victims: [victim(scene, host, 'zookeeper')],
        attack: atOnce([strike(host, { kind: 'cut', rules })], holdMs),
        blow: silentLoss(scene, holdMs),
        notes: ['Clients keep their connections to it: what it acknowledges alone would be lost.'],
      });
    }),
};

const cutOneWay: Drill = {
  ...{ id: 'D05', name: 'zk-one-way', class: 'ask' },
  title: 'the ZooKeeper leader is heard no more, then hears nothing',
  draft: (scene) =>
    atLeader(scene, 'zookeeper', (host) => {
      const cut = (way: 'in' | 'out') =>
        strike(host, { kind: 'cut', rules: betweenMembers(scene, host, way) });
      const holdMs = outlivesElection(scene);
      const { may, ...blow } = silentLoss(scene, holdMs);
      return draft({
        victims: [victim(scene, host, 'zookeeper')],
        attack: { kind: 'in-turn', strikes: [cut('out'), cut('in')], holdMs },
        // It may stay the leader, too.
        blow: { ...blow, hits: [], may: ['zookeeper', ...may], turns: 2 },
        notes: [`The second cut is on ${host}, too, whether it leads again by then or not.`],
      });
    }),
};

const loseQuorum: Drill = {
  ...{ id: 'D06', name: 'zk-quorum-loss', class: 'lab' },
  title: 'most ZooKeeper members are stopped',
  draft: (scene) => {
    const all = members(scene);
    const hosts = all.slice(0, quorum(all.length));
    return draft({
      victims: hosts.map((host) => victim(scene, host, 'zookeeper')),
      attack: atOnce(
        hosts.map((host) =>
          strike(host, { kind: 'stop', container: containerOf(scene, host, 'zookeeper') }),
        ),
        60_000,
      ),
      blow: {
        ...{ may: ['zookeeper', 'mesos', 'marathon'], way: 'silent' },
        ...{ until: 'healed', members: 'healed', lonelyMs: 60_000 },
      },
      expects: { mayStop: true },
      margin: 'lost',
      notes: ['Nobody leads and nothing is written meanwhile; tasks and builds go on.'],
    });
  },
};

const restartAll: Drill = {
  ...{ id: 'D07', name: 'zk-rolling-restart', class: 'safe' },
  title: 'every ZooKeeper member restarts, the leader last',
  draft: (scene) =>
    atLeader(scene, 'zookeeper', (leader) => {
      const all = members(scene);
      const hosts = [...all.filter((host) => host !== leader), leader];
      const isAlone = hosts.length === 1;
      const blow = isAlone
        ? { may: ['zookeeper', ...collateral(scene, ['zookeeper'], 'told')] as const }
        : { hits: ['zookeeper'] as const, may: collateral(scene, ['zookeeper'], 'told') };
      return draft({
        victims: hosts.map((host) => victim(scene, host, 'zookeeper')),
        attack: {
          kind: 'in-turn',
          strikes: hosts.map((host) =>
            strike(host, { kind: 'restart', container: containerOf(scene, host, 'zookeeper') }),
          ),
        },
        blow: { ...blow, turns: hosts.length },
        expects: { mayStop: isAlone },
        margin: 'restart',
      });
    }),
};

export const zookeeperDrills: readonly Drill[] = [
  ...([killFollower, killLeader, pauseLeader, isolateLeader, cutOneWay] as const),
  ...([loseQuorum, restartAll] as const),
];
