import { hostsWith } from '../../cluster/members.ts';
import type { CutRule } from '../fault.ts';
import type { Scene } from '../scene/scene.ts';
import {
  atOnce,
  atLeader,
  containerOf,
  draft,
  hostNamed,
  leadsOf,
  quietest,
  skip,
  strike,
  titleOf,
  unaimed,
  victim,
} from './draft.ts';
import type { Drafted, Drill } from './drill.ts';
import { agentIds, hostLoss } from './host-loss.ts';

/** Of those that lead or could. */
function busiest(scene: Scene): string | undefined {
  const hosts = scene.spec.hosts.filter(({ roles }) =>
    roles.some((role) => role === 'zookeeper' || role === 'mesos-master' || role === 'marathon'),
  );
  const load = (host: string) => leadsOf(scene, host).length;
  return hosts.map(({ name }) => name).toSorted((one, other) => load(other) - load(one))[0];
}

function atBusiest(scene: Scene, then: (host: string) => Drafted): Drafted {
  const host = busiest(scene);
  return host === undefined ? skip('no host can lead anything') : then(host);
}

const reboot: Drill = {
  ...{ id: 'D20', name: 'host-reboot', class: 'ask' },
  title: 'the host that leads most restarts',
  draft: (scene) =>
    atBusiest(scene, (host) => {
      const lost = hostLoss(scene, host);
      return {
        ...lost,
        attack: atOnce([strike(host, { kind: 'reboot' })]),
        blow: { ...lost.blow, members: 'injected' },
        expects: { ...lost.expects, mayLoseAgents: agentIds(scene, host) },
        notes: [`It counts until ${host} has booted: its own time is in no bound.`, ...lost.notes],
      };
    }),
};

function peersOf({ spec }: Scene, host: string): readonly string[] {
  return spec.hosts.filter(({ name }) => name !== host).map(({ address }) => address);
}

const delay: Drill = {
  ...{ id: 'D22', name: 'packet-delay', class: 'safe' },
  title: 'packets of the ZooKeeper leader are late',
  draft: (scene) =>
    atLeader(scene, 'zookeeper', (host) =>
      draft({
        victims: [victim(scene, host)],
        attack: atOnce(
          [
            strike(host, {
              ...{ kind: 'delay', ms: 100, jitterMs: 20 },
              addresses: peersOf(scene, host),
            }),
          ],
          60_000,
        ),
        notes: ['Nobody else may lead afterwards.'],
      }),
    ),
};

const loss: Drill = {
  ...{ id: 'D23', name: 'packet-loss', class: 'ask' },
  title: 'packets of the ZooKeeper leader are lost: 5 %, then 20 %',
  draft: (scene) =>
    atLeader(scene, 'zookeeper', (host) => {
      const peers = peersOf(scene, host);
      const rules: readonly CutRule[] = [
        { way: 'both', peers, port: undefined, side: 'either', own: false },
      ];
      const lose = (percent: number) => strike(host, { kind: 'loss', percent, rules });
      return draft({
        victims: [victim(scene, host)],
        attack: { kind: 'in-turn', strikes: [lose(5), lose(20)], holdMs: 30_000 },
        blow: {
          ...{ may: ['zookeeper', 'mesos', 'marathon'], way: 'silent' },
          ...{ members: 'healed', lonelyMs: 30_000, turns: 2 },
        },
      });
    }),
};

const stepMinutes = 5;

const clockStep: Drill = {
  ...{ id: 'D24', name: 'clock-step', class: 'ask' },
  title: 'the wall clock jumps on a follower, then on the ZooKeeper leader',
  draft: (scene) =>
    atLeader(scene, 'zookeeper', (leader) => {
      const others = hostsWith(scene.spec, 'zookeeper').map(({ name }) => name);
      const other = quietest(
        scene,
        others.filter((name) => name !== leader),
      );
      const hosts = other === undefined ? [leader] : [other, leader];
      const seconds = stepMinutes * 60;
      return draft({
        victims: hosts.map((host) => victim(scene, host)),
        attack: {
          ...{ kind: 'in-turn', holdMs: 30_000 },
          strikes: hosts.map((host) =>
            strike(host, { kind: 'clock-step', seconds: host === leader ? -seconds : seconds }),
          ),
        },
        blow: { members: 'healed', turns: hosts.length },
        notes: ['Sessions are counted by the clock that never jumps: nobody else may lead.'],
      });
    }),
};

const restartDocker: Drill = {
  ...{ id: 'D28', name: 'dockerd-restart', class: 'ask' },
  title: 'Docker Engine restarts on the host that leads most',
  draft: (scene) =>
    atBusiest(scene, (host) => {
      const isLive = scene.hosts.get(host)?.liveRestore;
      if (isLive === undefined)
        return unaimed(`Docker Engine on ${host} does not tell live-restore`);
      const lost = hostLoss(scene, host);
      const attack = atOnce([strike(host, { kind: 'restart-docker' })]);
      const isAgent = hostNamed(scene.spec, host).roles.includes('mesos-agent');
      const here = scene.controllers.filter((one) => one.host === host);
      const blow = isLive
        ? {}
        : ({
            ...{ hits: leadsOf(scene, host), may: lost.blow.may, controllers: here },
            agent: isAgent ? 'restarts' : 'nothing',
          } as const);
      return draft({
        ...{ victims: [victim(scene, host)], attack, blow, costsBuilds: isAgent },
        expects: { ...lost.expects, mayLoseAgents: [] },
        notes: [
          isLive
            ? 'live-restore is on: containers go on without Docker Engine.'
            : 'live-restore is off: every container there ends and starts again.',
        ],
      });
    }),
};

const loseGateway: Drill = {
  ...{ id: 'gateway-loss', name: 'gateway-loss', class: 'ask' },
  title: 'the gateway that people use is gone',
  draft: (scene) => {
    const { movingAddress } = scene.health.gateways;
    const hosts = hostsWith(scene.spec, 'gateway').map(({ name }) => name);
    const host = movingAddress === undefined ? hosts[0] : movingAddress.holder;
    if (hosts.length === 0) return skip('no host has the role gateway');
    if (host === undefined) return unaimed('no gateway has the moving address for certain');
    const container = containerOf(scene, host, 'gateway');
    return draft({
      victims: [victim(scene, host, 'gateway')],
      attack: atOnce([strike(host, { kind: 'stop', container })], 60_000),
      blow: { members: 'healed' },
      expects: { mayLoseBuild: `its build agent may be connected through the gateway on ${host}` },
      costsBuilds: true,
    });
  },
};

const loseBusiest: Drill = {
  ...{ id: 'busiest-master-host-loss', name: 'busiest-master-host-loss', class: 'ask' },
  title: 'the host that leads most is silent, and does not come back',
  draft: (scene) =>
    atBusiest(scene, (host) => {
      const lost = hostLoss(scene, host);
      const leads = leadsOf(scene, host).map(titleOf).join(', ');
      const all = leads === '' ? 'nothing' : leads;
      return { ...lost, notes: [`${host} leads ${all}.`, ...lost.notes] };
    }),
};

export const rebootDrills: readonly Drill[] = [reboot];
export const hostDrills: readonly Drill[] = [delay, loss, clockStep, restartDocker];
export const entranceDrills: readonly Drill[] = [loseGateway, loseBusiest];
