import { expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import { fakeWorld, powerOff, writeClusterFile } from '../../support/fake-world.ts';
import { refusals, separateEnsemble, setUp } from '../../support/plan-world.ts';

const heap = { sections: { zookeeper: { heap: '2GiB' } } };

test('a first start is refused while a master does not answer', async () => {
  const world = fakeWorld();
  powerOff(world, 'm3');
  const [fault, ...others] = await refusals(world);
  expect(others).toEqual([]);
  expect(fault).toMatchObject({ code: 'TOO_FEW_MASTERS' });
  expect(fault?.message).toBe('a first start needs all 3 masters, m3 does not answer');
  expect(fault?.remedy).toContain('Bring m3 back');
  expect(fault?.evidence).toEqual(['cannot reach m3 at 10.0.0.13:22']);
});

test('a running cluster may be looked after while a master does not answer', async () => {
  const world = fakeWorld();
  await setUp(world);
  powerOff(world, 'm3');
  expect(await refusals(world)).toEqual([]);
});

test('a running ensemble of its own hosts counts as running', async () => {
  const world = fakeWorld(separateEnsemble());
  await setUp(world);
  powerOff(world, 'z3');
  expect(await refusals(world)).toEqual([]);
});

test('a change of running members is refused while another one does not answer', async () => {
  const world = fakeWorld();
  await setUp(world);
  powerOff(world, 'm3');
  writeClusterFile(world, clusterFile(heap));
  const [fault, ...others] = await refusals(world);
  expect(others).toEqual([]);
  expect(fault).toMatchObject({ code: 'TOO_FEW_MASTERS' });
  expect(fault?.message).toBe(
    'ZooKeeper on m1, m2 has to be restarted, but m3 does not answer: with one more down, 1 of 3 members would be left',
  );
  expect(fault?.remedy).toContain('Bring m3 back');
});

test('five members can spare one that does not answer and one that is restarted', async () => {
  const world = fakeWorld(clusterFile({ masters: 5 }));
  await setUp(world);
  powerOff(world, 'm5');
  writeClusterFile(world, clusterFile({ ...heap, masters: 5 }));
  expect(await refusals(world)).toEqual([]);
  powerOff(world, 'm4');
  expect(await refusals(world)).toMatchObject([{ code: 'TOO_FEW_MASTERS' }]);
});
