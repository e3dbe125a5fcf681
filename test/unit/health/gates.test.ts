import { expect, test } from 'vitest';
import { checkGate, gateRules } from '../../../src/health/gates.ts';
import type { Gate } from '../../../src/plan/step.ts';
import { container, fakeWorld, freeze, stop, type FakeWorld } from '../../support/fake-world.ts';
import { look, setUp } from '../../support/plan-world.ts';
import { sightOf, words, type Seen } from '../../support/sight.ts';

async function stateOf(gate: Gate, world: FakeWorld) {
  return await checkGate(gate, (await look(world)).sight);
}

async function cluster(): Promise<FakeWorld> {
  const world = fakeWorld();
  await setUp(world);
  return world;
}

const gates = Object.keys(gateRules) as Gate[];

test.each(gates)('the gate "%s" of a healthy cluster is reached', async (gate) => {
  expect(await stateOf(gate, await cluster())).toEqual({ reached: true, reason: '', held: [] });
});

/** Open where the cluster file has no such thing. */
const notEverywhere: readonly Gate[] = ['entrance', 'build-agents'];

test.each(gates.filter((gate) => !notEverywhere.includes(gate)))(
  'the gate "%s" of bare hosts is not reached, and says what is missing',
  async (gate) => {
    const { reached, reason } = await stateOf(gate, fakeWorld());
    expect(reached).toBe(false);
    expect(reason).not.toBe('');
  },
);

test.each<[Gate, string, (world: FakeWorld) => void]>([
  [
    'ensemble',
    '1 of 3 do not serve; m2: nothing listens on its port',
    (world) => {
      stop(world, 'm2', 'ci-zookeeper');
    },
  ],
  [
    'masters',
    '1 of 3 do not serve; m3: no answer within 4 s',
    (world) => {
      freeze(world, 'm3', 'mesos-master');
    },
  ],
  [
    'agents',
    '1 of 2 not registered and active; a2: not registered with the leader',
    (world) => {
      stop(world, 'a2', 'ci-mesos-agent');
    },
  ],
  [
    'marathon',
    '1 of 3 do not serve; m2: nothing listens on its port',
    (world) => {
      stop(world, 'm2', 'ci-marathon');
    },
  ],
  [
    'gateways',
    '1 of 2 do not lead through; a1: Mesos: nothing listens on its port; Marathon: nothing listens on its port',
    (world) => {
      stop(world, 'a1', 'ci-gateway');
    },
  ],
  [
    'jenkins',
    'main: not through the gateway on a2: no answer within 4 s',
    (world) => {
      container(world, 'a2', 'ci-gateway').frozen = true;
    },
  ],
])('the gate "%s" waits for every member: %s', async (gate, reason, harm) => {
  const world = await cluster();
  harm(world);
  expect(await stateOf(gate, world)).toMatchObject({ reached: false, reason });
});

test.each(gates)('the gate "%s" is not held by a host that the operator skipped', async (gate) => {
  const world = await cluster();
  world.cut.set('a2', 'HOST_UNREACHABLE');
  world.cut.set('m3', 'HOST_UNREACHABLE');
  expect(await stateOf(gate, world)).toEqual({ reached: true, reason: '', held: [] });
});

test('a skipped host does not hide that another one is down', async () => {
  const world = await cluster();
  world.cut.set('m3', 'HOST_UNREACHABLE');
  stop(world, 'm2', 'ci-marathon');
  expect((await stateOf('marathon', world)).reached).toBe(false);
});

test('every gate says what it waits for, why, and for how long', () => {
  for (const { condition, why, deadlineMs } of Object.values(gateRules)) {
    expect(condition).toMatch(/^(one|every) /);
    expect(why.length).toBeGreaterThan(10);
    expect(deadlineMs).toBeGreaterThanOrEqual(60_000);
  }
});

const following = words({ srvr: 'Zookeeper version: 3.9.5\nMode: follower\n' });

function leading(synced: number) {
  const srvr = 'Zookeeper version: 3.9.5\nMode: leader\n';
  return words({ srvr, mntr: `zk_server_state\tleader\nzk_synced_followers\t${synced}\n` });
}

async function ensembleOf(seen: Seen, missing: string[] = []) {
  return await checkGate('ensemble', await sightOf(seen, { missing }));
}

test('one healthy member of three is not enough', async () => {
  const { reached, reason } = await ensembleOf({ 'm1:2181': leading(0) });
  expect(reached).toBe(false);
  expect(reason).toContain('2 of 3 do not serve');
});

test('members that all answer hold the gate until each follower is in step', async () => {
  const seen = { 'm1:2181': leading(1), 'm2:2181': following, 'm3:2181': following };
  expect(await ensembleOf(seen)).toMatchObject({
    reached: false,
    reason: '1 of 3 not in step yet',
  });
  expect((await ensembleOf({ ...seen, 'm1:2181': leading(2) })).reached).toBe(true);
});

test('two that lead hold it, and are named', async () => {
  const seen = { 'm1:2181': leading(1), 'm2:2181': leading(1), 'm3:2181': following };
  const { reached, reason } = await ensembleOf(seen);
  expect(reached).toBe(false);
  expect(reason).toContain('m1 and m2 lead, each for itself');
});

test('behind a skipped member the others have to be in step all the same', async () => {
  const seen = { 'm1:2181': leading(0), 'm2:2181': following };
  expect(await ensembleOf(seen, ['m3'])).toMatchObject({
    ...{ reached: false, reason: '1 of 2 not in step yet' },
  });
  expect((await ensembleOf({ ...seen, 'm1:2181': leading(1) }, ['m3'])).reached).toBe(true);
});
