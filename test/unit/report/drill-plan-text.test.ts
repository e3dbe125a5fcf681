import { expect, test } from 'vitest';
import { defaultSet, findDrill } from '../../../src/drill/catalogue/catalogue.ts';
import { planDrill } from '../../../src/drill/catalogue/plan-drill.ts';
import { listText, planText } from '../../../src/report/drill-plan-text.ts';
import { palette } from '../../../src/report/palette.ts';
import { sceneOf, withAbilities } from '../../support/drill-scene.ts';

const sheet = { paint: palette(false), columns: 80 };
const scene = await sceneOf({ leaders: { zookeeper: 'm1', mesos: 'm2', marathon: 'm2' } });

function text(name: string, from = scene): string {
  return planText(planDrill(findDrill(name), from), sheet);
}

test('a plan tells whom it hits, what is done and undone, every gate and every bound', () => {
  const young = { ...scene, maintenance: undefined, deployments: 'under way: /ci/jenkins-main' };
  expect(text('mesos-leader-kill', young)).toBe(`\
D08 mesos-leader-kill (safe): the leading Mesos master dies

Victim
  m2: ci-mesos-master; leads Mesos, Marathon; roles zookeeper, mesos-master,
    marathon

Does
  m2: SIGKILL to the process of ci-mesos-master, by its number on the host
  Its session outlives it: the next one leads only when that has expired.

Undoes
  m2: docker start ci-mesos-master, if Docker has not

Expects
  a new leader of Mesos
  the build in flight finishes
  two say at once that they lead for 1 s at most

Gates: 2 of 15 do not hold
  ✔  everything is healthy: 5 hosts
  ✔  ZooKeeper keeps its majority: 3 of 3 vote, 1 on m2: 2 left, 2 needed
  ✔  the Mesos masters keep their quorum: 3 of 3 vote, 1 on m2: 2 left, 2 needed
  ✔  another Marathon is ready: m1, m3 would go on
  ✔  no other drill runs, and none left anything: nothing is armed or left
  ✘  no deployment is under way: under way: /ci/jenkins-main
  ?  no maintenance is planned: the leader does not tell
  ✔  the leaders have led for a while: ZooKeeper 600 s of 60 s, Mesos 600 s of
     60 s, Marathon 600 s of 84 s
  ✔  Docker starts again what dies: unless-stopped
  ✔  Marathon's tasks outlive its leader: checkpoint on, failover_timeout 604800
     s
  ✔  agents are given up later than masters: 5 × 15 s pings, session 10 s
  ✔  sessions are as long as asked for: 10 s, allowed 4 to 40 s
  ✔  every server line has an address: 3 lines
  ✔  the fault can be caused: tried apart
  ✔  a dead-man's switch can be armed: systemd-run

Bounds after the fault: soft, hard
  Mesos leader     24 s   74 s   X + 2 s + R
  first write      2 s    10 s   w
  agents back      29 s   134 s  M + a
  frameworks back  34 s   134 s  M + f
  services back    29 s   84 s   M + g
  new build ended  124 s  824 s  max(V, A, F) + B + C
  members in step  30 s   80 s   S

with
  X  T + tick
  R  reading the registry, 10 s, at most fetch
  w  2 s, at most 10 s
  M  X + 2 s + R
  a  5 s to register, at most 60 s
  f  10 s to subscribe, at most 60 s
  g  5 s for the checks of the gateways
  V  M + g
  A  M + a
  F  M + f
  B  30 s until the plugin tries again
  C  60 s (not measured), at most + launch
  S  10 s to start + initLimit·tick, at most 50 s more

from
  T          10 s   m1: --zk_session_timeout
  tick       2 s    m1: tickTime
  fetch      60 s   m1: --registry_fetch_timeout
  launch     600 s  a1: --executor_registration_timeout
  initLimit  10     m1: initLimit

Observed for 834 s at most.`);
});

test('no line is longer than the screen', async () => {
  const alone = await sceneOf({ file: { masters: 1, agents: 1 } });
  for (const from of [scene, alone]) {
    for (const name of ['busiest-master-host-loss', 'D03', 'D11', 'D19', 'D21', 'D24']) {
      const long = text(name, from)
        .split('\n')
        .filter((line) => line.length > 80);
      expect(long).toEqual([]);
    }
  }
});

test('a drill that cannot be run here says why instead of a plan', () => {
  const inside = withAbilities(scene, 'm1', { container: 'docker' });
  expect(text('clock-step', withAbilities(inside, 'm2', { container: 'docker' }))).toBe(`\
D24 clock-step (ask): the wall clock jumps on a follower, then on the ZooKeeper
leader
  SKIPPED here: m1: it is a container (docker): it shares the clock of its
  machine, which would jump, too`);
});

test('the list tells of each drill whether it could be run now', () => {
  const busy = {
    ...withAbilities(scene, 'm1', { freezer: { can: false, why: '' } }),
    deployments: 'x',
  };
  const listed = ['D02', 'zk-leader-pause', 'mesos-leader-host-loss'].map((name) => {
    const drill = findDrill(name);
    return { drill, plan: planDrill(drill, busy), isDefault: defaultSet.includes(drill) };
  });
  const drill = findDrill('D14');
  const blind = { drill, plan: undefined, isDefault: true };
  expect(listText([...listed, blind], sheet)).toBe(`\
*  D02  zk-leader-kill          safe  the ZooKeeper leader dies – REFUSED now:
                                      no deployment is under way: x
   D03  zk-leader-pause         safe  the ZooKeeper leader freezes, and comes
                                      back – SKIPPED: m1: the kernel freezes no
                                      processes
        mesos-leader-host-loss  ask   the host of the leading Mesos master is
                                      silent, and does not come back – REFUSED
                                      now: no deployment is under way: x
*  D14  marathon-abdicate       safe  the leading Marathon steps down

* runs if no drill is named`);
});
