import { hostsWith } from '../../cluster/members.ts';
import type { HostFault } from '../fault.ts';
import type { Scene } from '../scene/scene.ts';
import {
  atOnce,
  addressesOf,
  atLeader,
  containerOf,
  cutBoth,
  draft,
  leadsOf,
  outlivesSession,
  quietest,
  skip,
  strike,
  unaimed,
  victim,
} from './draft.ts';
import type { Draft, Drill } from './drill.ts';
import { hostLoss } from './host-loss.ts';

function master(scene: Scene, host: string): string {
  return containerOf(scene, host, 'mesos-master');
}

const killLeader: Drill = {
  ...{ id: 'D08', name: 'mesos-leader-kill', class: 'safe' },
  title: 'the leading Mesos master dies',
  draft: (scene) =>
    atLeader(scene, 'mesos', (host) =>
      draft({
        victims: [victim(scene, host, 'mesos-master')],
        attack: atOnce([strike(host, { kind: 'kill', container: master(scene, host) })]),
        blow: { hits: ['mesos'] },
        notes: ['Its session outlives it: the next one leads only when that has expired.'],
      }),
    ),
};

/** For as long as the others need to lead without it. */
function away(scene: Scene, host: string, fault: HostFault): Draft {
  const way = fault.kind === 'stop' ? 'told' : 'silent';
  return draft({
    victims: [victim(scene, host, 'mesos-master')],
    attack: atOnce([strike(host, fault)], outlivesSession(scene)),
    blow: { hits: ['mesos'], members: 'healed', way },
  });
}

const stopLeader: Drill = {
  ...{ id: 'D09', name: 'mesos-leader-stop', class: 'safe' },
  title: 'the leading Mesos master is stopped in order',
  draft: (scene) =>
    atLeader(scene, 'mesos', (host) =>
      away(scene, host, { kind: 'stop', container: master(scene, host) }),
    ),
};

const pauseLeader: Drill = {
  ...{ id: 'D10', name: 'mesos-leader-pause', class: 'safe' },
  title: 'the leading Mesos master freezes, and comes back',
  draft: (scene) =>
    atLeader(scene, 'mesos', (host) =>
      away(scene, host, { kind: 'pause', container: master(scene, host) }),
    ),
};

/** A process talks to the member on its own host over loopback, so that way is cut, too. */
export function zookeeperCut({ spec }: Scene, host: string): HostFault {
  const isMember = hostsWith(spec, 'zookeeper').some(({ name }) => name === host);
  const peers = addressesOf(spec, 'zookeeper', host);
  const { clientPort } = spec.zookeeper;
  return { kind: 'cut', rules: [cutBoth(clientPort, { peers, side: 'theirs', own: isMember })] };
}

const cutFromZookeeper: Drill = {
  ...{ id: 'D11', name: 'mesos-leader-zk-cut', class: 'ask' },
  title: 'the leading Mesos master loses ZooKeeper',
  draft: (scene) =>
    atLeader(scene, 'mesos', (host) => {
      const cut = away(scene, host, zookeeperCut(scene, host));
      const may = leadsOf(scene, host).filter((kind) => kind === 'marathon');
      return {
        ...cut,
        blow: { ...cut.blow, may },
        notes: [`All clients of ZooKeeper on ${host} lose it; its own member goes on.`],
      };
    }),
};

const killStandby: Drill = {
  ...{ id: 'D12', name: 'mesos-standby-kill', class: 'safe' },
  title: 'a Mesos master that stands by dies',
  draft: (scene) => {
    const { members } = scene.health.mesosMasters;
    const standbys = members.filter(({ role }) => role === 'standby').map((one) => one.host);
    const host = quietest(scene, standbys);
    if (members.length === 1) return skip('no other master stands by beside the only one');
    if (host === undefined) return unaimed('no Mesos master that stands by is in sight');
    return draft({
      victims: [victim(scene, host, 'mesos-master')],
      attack: atOnce([strike(host, { kind: 'kill', container: master(scene, host) })]),
    });
  },
};

const loseLeaderHost: Drill = {
  ...{ id: 'mesos-leader-host-loss', name: 'mesos-leader-host-loss', class: 'ask' },
  title: 'the host of the leading Mesos master is silent, and does not come back',
  draft: (scene) =>
    atLeader(scene, 'mesos', (host) => {
      const lost = hostLoss(scene, host);
      return {
        ...lost,
        notes: [
          'No standby redirects from the old address: Jenkins has to find the new leader by itself.',
          ...lost.notes,
        ],
      };
    }),
};

export const mesosDrills: readonly Drill[] = [
  ...[killLeader, stopLeader, pauseLeader, cutFromZookeeper, killStandby],
];

export const mesosHostDrills: readonly Drill[] = [loseLeaderHost];
