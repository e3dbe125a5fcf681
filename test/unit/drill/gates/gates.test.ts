import { expect, test } from 'vitest';
import { findDrill } from '../../../../src/drill/catalogue/catalogue.ts';
import type { PlanOptions } from '../../../../src/drill/catalogue/drill.ts';
import { isSkipped, planDrill, refusals } from '../../../../src/drill/catalogue/plan-drill.ts';
import type { Abilities } from '../../../../src/drill/scene/abilities.ts';
import type { Scene } from '../../../../src/drill/scene/scene.ts';
import { sceneOf, withAbilities } from '../../../support/drill-scene.ts';

/** `NAME no DETAIL` or `NAME ? DETAIL` of each gate that does not hold. */
function held(name: string, scene: Scene, options?: PlanOptions): readonly string[] {
  const plan = planDrill(findDrill(name), scene, options);
  if (isSkipped(plan)) throw new Error(plan.reason);
  return refusals(plan).map(
    (gate) => `${gate.name} ${gate.holds === undefined ? '?' : 'no'} ${gate.detail}`,
  );
}

const scene = await sceneOf();

function health(other: Partial<Scene['health']>): Scene {
  return { ...scene, health: { ...scene.health, ...other } };
}

function flags(other: Partial<Scene['flags']>): Scene {
  return { ...scene, flags: { ...scene.flags, ...other } };
}

function silent(host: string): Scene {
  const own = scene.hosts.get(host)!;
  return { ...scene, hosts: new Map([...scene.hosts, [host, { ...own, abilities: 'no answer' }]]) };
}

function m1(other: Partial<Abilities>): Scene {
  return withAbilities(scene, 'm1', other);
}

test('everything in order: no gate holds a drill back', () => {
  expect(held('zk-leader-kill', scene)).toEqual([]);
});

const { zookeeper, mesosMasters, marathon } = scene.health;
const stock = scene.flags.masters.get('m1')!;
const masters = (other: Partial<typeof stock>) =>
  new Map(['m1', 'm2', 'm3'].map((host) => [host, { ...stock, ...other }]));
const line = (ownLine: string | undefined) =>
  new Map(
    [...scene.flags.zookeeper].map(([host, own]) => [
      host,
      host === 'm2' ? { ...own, ownLine } : own,
    ]),
  );
const standby = marathon.members.map((one) =>
  one.host === 'm1' ? one : { ...one, role: undefined, state: 'unhealthy' as const },
);

const cases: readonly (readonly [string, Scene, string])[] = [
  [
    'an unhealthy stack',
    health({
      verdict: 'degraded',
      zookeeper: { ...zookeeper, state: 'degraded', reason: '1 of 3' },
    }),
    'everything is healthy no zookeeper: 1 of 3',
  ],
  [
    'a stack that nobody could see',
    health({
      verdict: 'unknown',
      marathon: { ...marathon, state: 'unknown', reason: 'no leader' },
    }),
    'everything is healthy ? marathon: no leader',
  ],
  [
    'a ZooKeeper member that is behind',
    health({ zookeeper: { ...zookeeper, voting: 2 } }),
    'ZooKeeper keeps its majority no 2 of 3 vote, 1 on m1: 1 left, 2 needed',
  ],
  [
    'a ZooKeeper leader that does not tell who follows',
    health({ zookeeper: { ...zookeeper, voting: undefined } }),
    'ZooKeeper keeps its majority ? nobody tells who votes',
  ],
  [
    'a Mesos log with two replicas, on the same host as the ZooKeeper leader',
    health({ mesosMasters: { ...mesosMasters, voting: 2 } }),
    'the Mesos masters keep their quorum no 2 of 3 vote, 1 on m1: 1 left, 2 needed',
  ],
  [
    'masters that run with a larger quorum than the majority',
    flags({ masters: masters({ quorum: 3 }) }),
    'the Mesos masters keep their quorum no 3 of 3 vote, 1 on m1: 2 left, 3 needed',
  ],
  [
    'no other Marathon',
    health({ marathon: { ...marathon, members: standby } }),
    'another Marathon is ready no none besides m1',
  ],
  [
    'something left of a drill',
    health({ residue: [{ host: 'm2', kind: 'paused', name: 'ci-marathon', detail: 'paused' }] }),
    'no other drill runs, and none left anything no m2: container ci-marathon is paused',
  ],
  [
    'an armed drill',
    m1({ drills: ['r1'] }),
    'no other drill runs, and none left anything no r1 on m1',
  ],
  [
    'a deployment',
    { ...scene, deployments: 'under way: /ci/x' },
    'no deployment is under way no under way: /ci/x',
  ],
  [
    'a maintenance window',
    { ...scene, maintenance: '10.0.0.101' },
    'no maintenance is planned no 10.0.0.101',
  ],
  [
    'maintenance unknown',
    { ...scene, maintenance: undefined },
    'no maintenance is planned ? the leader does not tell',
  ],
  [
    'a leader of half a minute',
    { ...scene, leadingMs: { ...scene.leadingMs, mesos: 30_000 } },
    'the leaders have led for a while no Mesos 30 s of 60 s',
  ],
  [
    'a Marathon that has led for less than twice its bound',
    { ...scene, leadingMs: { ...scene.leadingMs, marathon: 70_000 } },
    'the leaders have led for a while no Marathon 70 s of 84 s',
  ],
  [
    'a leader that does not tell since when',
    { ...scene, leadingMs: { ...scene.leadingMs, zookeeper: undefined } },
    'the leaders have led for a while ? ZooKeeper ? of 60 s',
  ],
  [
    'a container that stays down',
    m1({ containers: [{ name: 'ci-zookeeper', restart: 'no', hostPids: false }] }),
    'Docker starts again what dies no ci-zookeeper on m1 has restart policy no',
  ],
  [
    'a container that nobody saw',
    m1({ containers: [] }),
    'Docker starts again what dies ? ci-zookeeper on m1 did not tell',
  ],
  [
    'tasks without checkpoint',
    flags({ marathon: { ...scene.flags.marathon!, checkpoint: false } }),
    "Marathon's tasks outlive its leader no checkpoint off, failover_timeout 604800 s",
  ],
  [
    'tasks that end with their framework',
    flags({ marathon: { ...scene.flags.marathon!, failoverSeconds: 0 } }),
    "Marathon's tasks outlive its leader no checkpoint on, failover_timeout 0 s",
  ],
  [
    'Marathon without an answer',
    flags({ marathon: undefined }),
    "Marathon's tasks outlive its leader ? Marathon does not tell checkpoint and failover_timeout",
  ],
  [
    'pings that end before the session',
    flags({ masters: masters({ pingMs: 2000 }) }),
    'agents are given up later than masters no 5 × 2 s pings, session 10 s',
  ],
  [
    'a session that ZooKeeper shortens',
    flags({ masters: masters({ sessionMs: 60_000 }) }),
    'sessions are as long as asked for no 60 and 10 s, allowed 4 to 40 s',
  ],
  [
    'a server line without an address',
    flags({ zookeeper: line('0.0.0.0:2888:3888:participant;0.0.0.0:2181') }),
    'every server line has an address no m2: 0.0.0.0 in its own line',
  ],
  [
    'a server that does not tell its line',
    flags({ zookeeper: line(undefined) }),
    'every server line has an address ? m2 did not tell',
  ],
  [
    'no way to arm a switch',
    m1({ timers: [] }),
    "a dead-man's switch can be armed no m1 has neither systemd-run nor setsid",
  ],
];

test.each(cases)('refused: %s', (_what, changed, told) => {
  expect(held('zk-leader-kill', changed)).toContain(told);
});

test('a host that tells nothing is no host to try a fault on', () => {
  expect(held('zk-leader-kill', silent('m1'))).toEqual([
    'no other drill runs, and none left anything ? m1 did not tell',
    'Docker starts again what dies ? ci-zookeeper on m1 did not tell',
    'the fault can be caused ? m1 did not tell: no answer',
    "a dead-man's switch can be armed ? m1 did not tell",
  ]);
  const other = held('zk-leader-kill', silent('a1'));
  expect(other).toEqual(['no other drill runs, and none left anything ? a1 did not tell']);
});

test('one that nobody could try is no fault that is known to work', () => {
  const blind = { can: undefined, why: 'no unshare to try it apart' };
  expect(held('zk-leader-isolate', m1({ iptables: blind }))).toEqual([
    'the fault can be caused ? m1: packets cannot be dropped (no unshare to try it apart)',
  ]);
});

test.each(['zk-leader-kill', 'mesos-leader-kill', 'marathon-leader-kill', 'marathon-abdicate'])(
  'with one member %s is refused',
  async (name) => {
    const alone = await sceneOf({ file: { masters: 1 } });
    expect(held(name, alone)).toEqual([
      'ZooKeeper keeps its majority no 1 of 1 vote, 1 on m1: 0 left, 1 needed',
      'the Mesos masters keep their quorum no 1 of 1 vote, 1 on m1: 0 left, 1 needed',
      'another Marathon is ready no none besides m1',
    ]);
  },
);

test('with one member only its restart is allowed', async () => {
  const alone = await sceneOf({ file: { masters: 1 } });
  expect(held('zk-rolling-restart', alone)).toEqual([]);
});

test('five members stand the loss of a host when one is down already, three do not', async () => {
  const five = await sceneOf({ file: { masters: 5 } });
  const down = (from: Scene, voting: number) => ({
    ...from,
    health: { ...from.health, zookeeper: { ...from.health.zookeeper, voting } },
  });
  expect(held('zk-leader-kill', down(five, 4))).toEqual([]);
  expect(held('zk-leader-kill', down(scene, 2))).toHaveLength(1);
});

test('all roles of the host count, whichever of them dies', async () => {
  const hosts = { m1: { roles: ['mesos-agent', 'gateway'] } };
  const all = await sceneOf({ file: { hosts, agents: 0 } });
  const full = { ...all.pool![0]!, usedCpus: 3.5 };
  const small = { ...all, pool: [full, { ...full, host: 'm2', usedCpus: 2 }] };
  expect(held('zk-leader-kill', small)).toEqual([
    'another gateway is open no none besides m1',
    'the pool has room for its tasks no 3.5 CPUs and 1024 MiB to move, 2 CPUs and 7168 MiB free elsewhere',
  ]);
});

test('what is bound to the lost host needs no room elsewhere', () => {
  const own = { ...scene.pool![0]!, usedCpus: 1.5 };
  const busy = { ...scene, pool: [own, { ...scene.pool![1]!, usedCpus: 3 }] };
  const plan = held('controller-task-kill', busy);
  expect(plan.filter((text) => text.startsWith('the pool'))).toEqual([]);
  const gone = held('controller-task-kill', { ...busy, pool: undefined });
  expect(gone).toContain('the pool has room for its tasks ? no leading master tells');
});

test("other people's builds are lost only where that is allowed", () => {
  const builds = new Map([['main', ['deploy #12']]]);
  const busy = { ...scene, builds };
  const name = "nobody's builds are lost";
  const told = (from: Scene, options?: PlanOptions) =>
    held('controller-task-kill', from, options).filter((text) => text.startsWith(name));
  expect(told(busy)).toEqual([`${name} no main: deploy #12 (--allow-build-loss)`]);
  expect(told(busy, { allowBuildLoss: true })).toEqual([]);
  expect(told({ ...scene, builds: new Map([['main', undefined]]) })).toEqual([
    `${name} ? main does not tell its builds`,
  ]);
  expect(held('zk-leader-kill', busy)).toEqual([]);
});

test('an agent whose executors would die with it is not killed', () => {
  const agents = new Map(
    [...scene.flags.agents].map(([host, own]) => [host, { ...own, dockerMesosImage: undefined }]),
  );
  const inside = { name: 'ci-mesos-agent', restart: 'always', hostPids: false };
  const within = withAbilities(flags({ agents }), 'a1', { containers: [inside] });
  expect(held('agent-kill', within)).toContain(
    'tasks outlive their Mesos agent no executors are in the container of the agent on a1',
  );
  expect(held('agent-kill', withAbilities(scene, 'a1', { containers: [inside] }))).not.toContain(
    'tasks outlive their Mesos agent no executors are in the container of the agent on a1',
  );
});

test('the bastion of other hosts is not silenced', async () => {
  const ssh = { user: 'ops', bastion: { address: '10.0.0.11' } };
  const behind = await sceneOf({ file: { sections: { ssh } } });
  expect(held('mesos-leader-host-loss', behind)[0]).toMatch(
    /^the other hosts are reached past it no .*m2.* are reached through it$/,
  );
});
