import { expect, test } from 'vitest';
import type { Bound, MomentName } from '../../../../src/drill/bound.ts';
import { findDrill } from '../../../../src/drill/catalogue/catalogue.ts';
import { isSkipped, planDrill } from '../../../../src/drill/catalogue/plan-drill.ts';
import type { MasterFlags } from '../../../../src/drill/scene/running-flags.ts';
import type { Scene } from '../../../../src/drill/scene/scene.ts';
import { sceneOf } from '../../../support/drill-scene.ts';

function bounds(name: string, scene: Scene, canaryMs?: number): readonly Bound[] {
  const plan = planDrill(findDrill(name), scene, { canaryMs });
  if (isSkipped(plan)) throw new Error(plan.reason);
  return plan.bounds;
}

function bound(name: string, moment: MomentName, scene: Scene): Bound {
  const found = bounds(name, scene).find((one) => one.moment === moment);
  if (found === undefined) throw new Error(`${name} has no bound for ${moment}`);
  return found;
}

/** Roles led on different hosts, so that one fault is one failover. */
const apart = { zookeeper: 'm1', mesos: 'm2', marathon: 'm3' };

const cases: readonly (readonly [string, MomentName, number, number, string])[] = [
  ['zk-leader-kill', 'zookeeper-leader', 5, 30, 'Z'],
  ['zk-leader-pause', 'zookeeper-leader', 20, 40, 'Z'],
  ['mesos-leader-kill', 'mesos-leader', 24, 74, 'X + 2 s + R'],
  ['mesos-leader-stop', 'mesos-leader', 24, 74, 'X + 2 s + R'],
  ['mesos-leader-kill', 'agents-back', 29, 134, 'M + a'],
  ['mesos-leader-kill', 'frameworks-back', 34, 134, 'M + f'],
  ['marathon-leader-kill', 'marathon-leader', 42, 192, 'Xm + P'],
  ['marathon-abdicate', 'marathon-leader', 30, 180, 'P'],
  ['marathon-mesos-cut', 'marathon-leader', 105, 255, 'h + P'],
  ['agent-kill', 'agents-back', 10, 75, 'Ag'],
  ['zk-follower-kill', 'all-synced', 30, 80, 'S'],
];

test.each(cases)(
  'with the stock flags %s has %s within %d s, %d s at most',
  async (name, moment, soft, hard, text) => {
    const { softMs, hardMs, formula, inputs } = bound(
      name,
      moment,
      await sceneOf({ leaders: apart }),
    );
    expect([softMs / 1000, hardMs / 1000]).toEqual([soft, hard]);
    expect(formula.split('; ')[0]).toBe(text);
    expect(inputs.every(({ source }) => source !== '')).toBe(true);
  },
);

test('a host that leads ZooKeeper, too, makes everybody wait for its election first', async () => {
  const leader = bound('busiest-master-host-loss', 'mesos-leader', await sceneOf());
  expect([leader.softMs, leader.hardMs]).toEqual([44_000, 114_000]);
  expect(leader.formula).toBe(
    'Z + X + 2 s + R; Z = syncLimit·tick + 10 s, at most + initLimit·tick; X = T + tick; R = reading the registry, 10 s, at most fetch',
  );
});

test('a lost Mesos agent is given up before its tasks are replaced', async () => {
  const { softMs, formula } = bound('agent-host-loss', 'services-back', await sceneOf());
  expect(formula).toContain('U = (n + 1)·p');
  expect(softMs).toBe(90_000 + 15_000 + 5000);
});

test('a controller is back when Marathon has waited, Jenkins has booted and was looked at', async () => {
  const { softMs, inputs } = bound('jenkins-task-kill', 'services-back', await sceneOf());
  expect(softMs).toBe(5000 + 300_000 + 10_000 + 5000);
  expect(inputs.map(({ name, value, source }) => `${name} ${value} ${source}`)).toEqual([
    'backoff 5 Marathon app /ci/jenkins-main',
    'grace 300 Marathon app /ci/jenkins-main',
    'interval 10 Marathon app /ci/jenkins-main',
  ]);
});

test('bounds come from the running flags, the slowest process decides', async () => {
  const other = { m1: { sessionMs: 4000 }, m2: { sessionMs: 5000 }, m3: { sessionMs: 4000 } };
  const scene = withMasters(await sceneOf(), other);
  const { softMs, inputs } = bound('mesos-leader-kill', 'mesos-leader', scene);
  expect(softMs).toBe(5000 + 2000 + 2000 + 10_000);
  expect(inputs.find(({ name }) => name === 'T')).toEqual({
    ...{ name: 'T', value: 5, unit: 's', source: 'm2: --zk_session_timeout' },
  });
});

function withMasters(scene: Scene, other: Readonly<Record<string, Partial<MasterFlags>>>): Scene {
  const masters = [...scene.flags.masters].map(
    ([host, flags]) => [host, { ...flags, ...other[host] }] as const,
  );
  return { ...scene, flags: { ...scene.flags, masters: new Map(masters) } };
}

test('a session is as long as ZooKeeper makes it', async () => {
  const short = { sessionMs: 1000 };
  const scene = withMasters(await sceneOf(), { m1: short, m2: short, m3: short });
  const { inputs } = bound('mesos-leader-kill', 'mesos-leader', scene);
  expect(inputs.find(({ name }) => name === 'T')?.value).toBe(4);
  expect(inputs.find(({ name }) => name === 'T')?.source).toMatch(/made 4 s by ZooKeeper$/);
});

test('where no process tells, the cluster file is named as the source', async () => {
  const scene = await sceneOf();
  const flags = { ...scene.flags, zookeeper: new Map(), masters: new Map() };
  const { inputs } = bound('mesos-leader-kill', 'mesos-leader', { ...scene, flags });
  expect(inputs.map(({ name, source }) => `${name}: ${source}`)).toEqual([
    'T: cluster file; no process told',
    'tick: cluster file; no process told',
    'fetch: default of Mesos 1.11',
  ]);
});

test('a new build has what it took before, twice, after all it needs is back', async () => {
  const scene = await sceneOf({ leaders: apart });
  const measured = bounds('mesos-leader-kill', scene, 8000).find(
    ({ moment }) => moment === 'new-build',
  );
  expect(measured?.formula).toMatch(/^max\(V, A, F\) \+ B \+ C; /);
  expect(measured?.softMs).toBe(34_000 + 30_000 + 16_000);
});

test('what a lost quorum delays is counted from the moment it is given back', async () => {
  const all = bounds('zk-quorum-loss', await sceneOf());
  expect(all.map(({ moment, from }) => `${moment} ${from}`)).toEqual([
    'zookeeper-leader healed',
    'mesos-leader healed',
    'marathon-leader healed',
    'first-write healed',
    'agents-back healed',
    'frameworks-back healed',
    'services-back healed',
    'new-build healed',
    'all-synced healed',
  ]);
});

test('a slow election may cost the Mesos leader its session, a fast one does not', async () => {
  const scene = await sceneOf({ leaders: apart });
  const may = (name: string, from: Scene) => {
    const plan = planDrill(findDrill(name), from);
    return isSkipped(plan) ? undefined : plan.expects.mayChange;
  };
  expect(may('zk-leader-kill', scene)).toEqual(['marathon']);
  expect(may('zk-leader-pause', scene)).toEqual(['mesos', 'marathon']);
  const short = withMasters(scene, {
    ...{ m1: { sessionMs: 4000 }, m2: { sessionMs: 4000 }, m3: { sessionMs: 4000 } },
  });
  expect(may('zk-leader-kill', short)).toEqual(['mesos', 'marathon']);
});
