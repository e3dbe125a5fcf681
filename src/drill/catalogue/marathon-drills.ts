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
  strike,
  victim,
} from './draft.ts';
import type { Drill } from './drill.ts';
import { zookeeperCut } from './mesos-drills.ts';

const killLeader: Drill = {
  ...{ id: 'D13', name: 'marathon-leader-kill', class: 'safe' },
  title: 'the leading Marathon dies',
  draft: (scene) =>
    atLeader(scene, 'marathon', (host) => {
      const container = containerOf(scene, host, 'marathon');
      return draft({
        victims: [victim(scene, host, 'marathon')],
        attack: atOnce([strike(host, { kind: 'kill', container })]),
        blow: { hits: ['marathon'] },
      });
    }),
};

const abdicate: Drill = {
  ...{ id: 'D14', name: 'marathon-abdicate', class: 'safe' },
  title: 'the leading Marathon steps down',
  draft: (scene) =>
    atLeader(scene, 'marathon', (host) =>
      draft({
        victims: [victim(scene, host, 'marathon')],
        attack: { kind: 'call', call: { kind: 'abdicate' } },
        blow: { hits: ['marathon'], marathon: 'abdicates' },
        notes: ['The old process ends with a code from 103 to 105, and Docker starts it again.'],
      }),
    ),
};

const cutFromZookeeper: Drill = {
  ...{ id: 'D15', name: 'marathon-zk-cut', class: 'ask' },
  title: 'the leading Marathon loses ZooKeeper',
  draft: (scene) =>
    atLeader(scene, 'marathon', (host) =>
      draft({
        victims: [victim(scene, host, 'marathon')],
        attack: atOnce([strike(host, zookeeperCut(scene, host))], outlivesSession(scene)),
        blow: {
          ...{ hits: ['marathon'], may: mesosBeside(scene, host) },
          ...{ way: 'silent', members: 'healed' },
        },
        notes: [`All clients of ZooKeeper on ${host} lose it; its own member goes on.`],
      }),
    ),
};

function mesosBeside(scene: Scene, host: string): readonly 'mesos'[] {
  return leadsOf(scene, host).includes('mesos') ? ['mesos'] : [];
}

/** Five heartbeats of 15 s that do not come (Marathon 1.10), and a reserve. */
const deafMs = 100_000;

function mastersCut({ spec }: Scene, host: string): HostFault {
  const hasMaster = hostsWith(spec, 'mesos-master').some(({ name }) => name === host);
  const peers = addressesOf(spec, 'mesos-master', host);
  const side = { way: 'out', side: 'theirs' } as const;
  return {
    kind: 'cut',
    rules: [cutBoth(spec.mesos.masterPort, { ...side, peers, own: hasMaster })],
  };
}

const cutFromMesos: Drill = {
  ...{ id: 'D16', name: 'marathon-mesos-cut', class: 'ask' },
  title: 'the leading Marathon loses Mesos alone',
  draft: (scene) =>
    atLeader(scene, 'marathon', (host) =>
      draft({
        victims: [victim(scene, host, 'marathon')],
        attack: atOnce([strike(host, mastersCut(scene, host))], deafMs),
        blow: {
          ...{ hits: ['marathon'], may: mesosBeside(scene, host), marathon: 'deaf' },
          ...{ way: 'silent', members: 'healed' },
        },
        notes: [`A Mesos master on ${host} reaches no other one meanwhile.`],
      }),
    ),
};

export const marathonDrills: readonly Drill[] = [
  ...[killLeader, abdicate, cutFromZookeeper, cutFromMesos],
];
