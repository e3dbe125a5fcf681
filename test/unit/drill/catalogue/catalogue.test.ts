import { expect, test } from 'vitest';
import { defaultSet, drills, findDrill } from '../../../../src/drill/catalogue/catalogue.ts';
import type { PlanOptions } from '../../../../src/drill/catalogue/drill.ts';
import { isSkipped, planDrill, refusals } from '../../../../src/drill/catalogue/plan-drill.ts';
import type { DrillPlan } from '../../../../src/drill/drill-plan.ts';
import type { CutRule } from '../../../../src/drill/fault.ts';
import type { Scene } from '../../../../src/drill/scene/scene.ts';
import { controller } from '../../../support/cluster-file.ts';
import { sceneOf, withAbilities } from '../../../support/drill-scene.ts';

function planned(name: string, scene: Scene, options?: PlanOptions): DrillPlan {
  const plan = planDrill(findDrill(name), scene, options);
  if (isSkipped(plan)) throw new Error(`skipped: ${plan.reason}`);
  return plan;
}

function skipped(name: string, scene: Scene): string {
  const plan = planDrill(findDrill(name), scene);
  return isSkipped(plan) ? plan.reason : 'not skipped';
}

function rulesOf({ attack }: DrillPlan): readonly CutRule[] {
  const strikes = attack.kind === 'call' ? [] : attack.strikes;
  return strikes.flatMap(({ fault }) => ('rules' in fault ? fault.rules : []));
}

const apart = { zookeeper: 'm1', mesos: 'm2', marathon: 'm3' };
const shared = { main: controller({ home: { kind: 'shared', path: '/srv/homes/main' } }) };

test('the catalogue has every drill once, with a number or a name', () => {
  expect(drills.map(({ id }) => id)).toEqual([
    ...Array.from({ length: 24 }, (_, index) => `D${String(index + 1).padStart(2, '0')}`),
    ...['D28', 'D30', 'mesos-leader-host-loss', 'controller-task-kill', 'controller-host-loss'],
    ...['build-agent-kill', 'gateway-loss', 'busiest-master-host-loss'],
  ]);
  expect(new Set(drills.map(({ name }) => name)).size).toBe(drills.length);
});

test('without names each kind of leader dies once, and Marathon steps down', () => {
  expect(defaultSet.map(({ id, name, class: of }) => `${id} ${name} ${of}`)).toEqual([
    'D02 zk-leader-kill safe',
    'D08 mesos-leader-kill safe',
    'D13 marathon-leader-kill safe',
    'D14 marathon-abdicate safe',
  ]);
});

test('a drill is found by number or name in any case', () => {
  expect(findDrill('d02')).toBe(findDrill('ZK-Leader-Kill'));
});

test('a name that is not there is refused with the nearest one', () => {
  expect(() => findDrill('zk-leader-kil')).toThrow(
    'there is no drill zk-leader-kil, did you mean zk-leader-kill?',
  );
  expect(() => findDrill('D31')).toThrow(/^there is no drill D31, did you mean D/);
  expect(() => findDrill('earthquake')).toThrow(/^there is no drill earthquake$/);
});

test.each([3, 5])('with %d members every drill can be planned on machines', async (masters) => {
  const scene = await sceneOf({ file: { masters, agents: 3, jenkins: shared } });
  const plans = drills.map((drill) => planDrill(drill, scene));
  expect(plans.filter(isSkipped)).toEqual([]);
  for (const plan of plans) {
    if (isSkipped(plan)) continue;
    expect(plan.bounds.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(plan))).toMatchObject({ name: plan.name });
    const own = ['the cluster is a lab', 'another gateway is open'];
    expect(refusals(plan).filter(({ name }) => !own.includes(name))).toEqual([]);
  }
});

test('the victim is who leads now, with all its roles', async () => {
  const plan = planned('zk-leader-kill', await sceneOf());
  expect(plan.victims).toEqual([
    {
      ...{ host: 'm1', container: 'ci-zookeeper' },
      roles: ['zookeeper', 'mesos-master', 'marathon'],
      leads: ['zookeeper', 'mesos', 'marathon'],
    },
  ]);
  expect(plan.attack).toEqual({
    ...{ kind: 'hosts', holdMs: 0 },
    strikes: [{ host: 'm1', fault: { kind: 'kill', container: 'ci-zookeeper' } }],
  });
  expect(plan.undoes).toEqual(['m1: docker start ci-zookeeper, if Docker has not']);
});

test('the follower and the standby that are hit lead nothing else', async () => {
  const scene = await sceneOf({ leaders: { zookeeper: 'm3', mesos: 'm1', marathon: 'm2' } });
  expect(planned('zk-follower-kill', await sceneOf()).victims[0]?.host).toBe('m2');
  expect(planned('mesos-standby-kill', scene).victims[0]).toMatchObject({ host: 'm2' });
});

test('a member is cut from the others by their ports alone, both ways', async () => {
  const plan = planned('zk-leader-isolate', await sceneOf({ leaders: apart }));
  const peers = ['10.0.0.12', '10.0.0.13'];
  expect(rulesOf(plan)).toEqual([
    { way: 'both', peers, port: 2888, side: 'either', own: false },
    { way: 'both', peers, port: 3888, side: 'either', own: false },
  ]);
});

test('a master is cut from the ZooKeeper member on its own host, too', async () => {
  const plan = planned('mesos-leader-zk-cut', await sceneOf({ leaders: apart }));
  expect(rulesOf(plan)).toEqual([
    { way: 'both', peers: ['10.0.0.11', '10.0.0.13'], port: 2181, side: 'theirs', own: true },
  ]);
  expect(plan.expects).toMatchObject({ mustChange: ['mesos'], mayChange: [], overlapMs: 10_000 });
});

test('who shares the host of a cut may fall with it', async () => {
  const scene = await sceneOf({ leaders: { zookeeper: 'm1', mesos: 'm2', marathon: 'm2' } });
  expect(planned('mesos-leader-zk-cut', scene).expects.mayChange).toEqual(['marathon']);
  expect(planned('marathon-zk-cut', scene).expects.mayChange).toEqual(['mesos']);
});

test('Marathon is cut from Mesos one way, the master on its own host included', async () => {
  const plan = planned('marathon-mesos-cut', await sceneOf({ leaders: apart }));
  expect(rulesOf(plan)).toEqual([
    { way: 'out', peers: ['10.0.0.11', '10.0.0.12'], port: 5050, side: 'theirs', own: true },
  ]);
  expect(plan.attack).toMatchObject({ holdMs: 100_000 });
});

test('a Mesos agent is cut for less than it takes to be given up', async () => {
  const plan = planned('agent-partition-short', await sceneOf());
  expect(plan.attack).toMatchObject({ holdMs: 45_000 });
  expect(plan.victims[0]?.host).toBe('a2');
  expect(plan.expects).toMatchObject({ mayLoseAgents: [], mayLoseTasksOn: [] });
});

test('the host of the Mesos leader stays silent until all has recovered', async () => {
  const plan = planned('mesos-leader-host-loss', await sceneOf({ leaders: apart }));
  expect(rulesOf(plan)).toEqual([
    { way: 'both', peers: undefined, port: undefined, side: 'either', own: false },
  ]);
  const build = plan.bounds.find(({ moment }) => moment === 'new-build');
  expect(plan.attack).toMatchObject({ until: 'recovered', holdMs: build?.hardMs });
  expect(plan.expects).toMatchObject({ mustChange: ['mesos'], mayLoseBuild: undefined });
});

test('the busiest host is the one that leads most', async () => {
  const scene = await sceneOf({ leaders: { zookeeper: 'm2', mesos: 'm3', marathon: 'm2' } });
  const plan = planned('busiest-master-host-loss', scene);
  expect(plan.victims).toMatchObject([{ host: 'm2', leads: ['zookeeper', 'marathon'] }]);
  expect(plan.does).toContain('m2 leads ZooKeeper, Marathon.');
});

test('a quorum is lost on purpose in a lab alone', async () => {
  const lab = await sceneOf({ file: { masters: 5, sections: { environment: 'lab' } } });
  const plan = planned('zk-quorum-loss', lab);
  expect(plan.victims.map(({ host }) => host)).toEqual(['m1', 'm2', 'm3']);
  expect(plan.attack).toMatchObject({ kind: 'hosts', holdMs: 60_000 });
  expect(plan.expects.mayStop).toBe(true);
  expect(plan.gates.find(({ name }) => name.startsWith('ZooKeeper'))).toMatchObject({
    ...{ holds: true, detail: 'lost on purpose' },
  });
  expect(refusals(planned('zk-quorum-loss', await sceneOf()))[0]).toMatchObject({
    ...{ name: 'the cluster is a lab', holds: false, detail: 'environment: production' },
  });
});

test('members restart one by one, the leader last', async () => {
  const plan = planned('zk-rolling-restart', await sceneOf());
  expect(plan.attack.kind).toBe('in-turn');
  expect(plan.victims.map(({ host }) => host)).toEqual(['m2', 'm3', 'm1']);
});

test('a controller is killed by its number on the host, or by Marathon', async () => {
  const scene = await sceneOf();
  expect(planned('controller-task-kill', scene).attack).toMatchObject({
    strikes: [{ host: 'a1', fault: { kind: 'kill', container: 'mesos-main' } }],
  });
  expect(planned('jenkins-task-kill', scene).attack).toEqual({
    ...{ kind: 'call', call: { kind: 'kill-task', app: '/ci/jenkins-main' } },
  });
});

test('a controller that moves is killed on the host that it loses', async () => {
  const plan = planned('controller-host-loss', await sceneOf({ file: { jenkins: shared } }));
  const faults = plan.attack.kind === 'hosts' ? plan.attack.strikes.map(({ fault }) => fault) : [];
  expect(faults.map(({ kind }) => kind)).toEqual(['cut', 'kill']);
  expect(plan.expects).toMatchObject({ mayLoseAgents: ['S-a1'], mayLoseTasksOn: ['a1'] });
});

test('a controller with a pinned home does not move: skipped', async () => {
  expect(skipped('controller-host-loss', await sceneOf())).toBe(
    'every home is pinned: its controller comes back with its host alone',
  );
});

test('the build agent to kill is known only when the build runs', async () => {
  const scene = await sceneOf();
  expect(planned('build-agent-kill', scene).attack).toMatchObject({ strikes: [] });
  const place = { controller: 'main', node: 'linux-1', host: 'a2', container: 'mesos-b1' };
  const busy = { ...scene, buildAgents: [{ ...place, node: 'linux-0', container: 'x' }, place] };
  const plan = planned('build-agent-kill', busy, { buildAgent: place });
  expect(plan.attack).toMatchObject({
    strikes: [{ host: 'a2', fault: { kind: 'kill', container: 'mesos-b1' } }],
  });
  expect(plan.expects.mayLoseBuild).toBe('its build agent linux-1 of main is killed');
});

test('what a host or its kernel cannot do is skipped with the reason', async () => {
  const no = (why: string) => ({ can: false, why });
  const machine = await sceneOf();
  const small = withAbilities(machine, 'm1', {
    ...{ container: 'docker', statistic: no('no such match'), freezer: no('') },
    netem: no('Error: Specified qdisc kind is unknown.'),
    iptables: no('no iptables'),
  });
  expect(skipped('packet-delay', small)).toBe(
    'm1: the kernel has no netem to delay packets (Specified qdisc kind is unknown)',
  );
  expect(skipped('packet-loss', withAbilities(machine, 'm1', { statistic: no('gone') }))).toBe(
    'm1: a share of packets cannot be dropped (gone)',
  );
  expect(skipped('zk-leader-isolate', small)).toBe('m1: packets cannot be dropped (no iptables)');
  expect(skipped('zk-leader-pause', small)).toBe('m1: the kernel freezes no processes');
  expect(skipped('host-reboot', small)).toMatch(/^m1: it is a container \(docker\): a reboot/);
  expect(skipped('clock-step', small)).toMatch(/shares the clock of its machine/);
  expect(skipped('dockerd-restart', withAbilities(machine, 'm1', { timers: ['setsid'] }))).toBe(
    'm1: no systemd to restart Docker Engine by',
  );
});

test('Docker without live-restore takes all leaders of its host along', async () => {
  const scene = await sceneOf();
  const own = scene.hosts.get('m1')!;
  const hosts = new Map([...scene.hosts, ['m1', { ...own, liveRestore: false }] as const]);
  expect(planned('dockerd-restart', scene).expects.mustChange).toEqual([]);
  expect(planned('dockerd-restart', { ...scene, hosts }).expects.mustChange).toEqual([
    ...['zookeeper', 'mesos', 'marathon'],
  ]);
});

test('without a leader there is nobody to hit, and the plan does not hold', async () => {
  const scene = await sceneOf();
  const plan = planned('zk-leader-kill', {
    ...scene,
    leaders: { ...scene.leaders, zookeeper: undefined },
  });
  expect(plan.does).toEqual([]);
  expect(refusals(plan)[0]).toEqual({
    ...{ name: 'somebody is there to be hit', holds: undefined },
    detail: 'nobody leads ZooKeeper for certain',
  });
});

test('each round of a soak is another safe drill that can be run here', async () => {
  const scene = await sceneOf({ file: { sections: { environment: 'lab' } } });
  const titles = [0, 0.5, 0.999].map((random) => planned('soak', scene, { random }).title);
  expect(new Set(titles).size).toBe(3);
  expect(titles.every((title) => title.startsWith('fifty safe drills'))).toBe(true);
  expect(planned('soak', scene, { random: 0 })).toMatchObject({ id: 'D30', class: 'lab' });
  expect(findDrill('D30').rounds).toBe(50);
});

test('one member has no follower and no standby', async () => {
  const scene = await sceneOf({ file: { masters: 1 } });
  expect(skipped('zk-follower-kill', scene)).toBe('one ZooKeeper member has no followers');
  expect(skipped('mesos-standby-kill', scene)).toMatch(/^no other master stands by/);
});
