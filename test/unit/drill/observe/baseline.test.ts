import { expect, test } from 'vitest';
import { readAftermath } from '../../../../src/drill/observe/aftermath.ts';
import { takeBaseline } from '../../../../src/drill/observe/baseline.ts';
import { ClusterError } from '../../../../src/errors.ts';
import { steadySight, steadyWorld } from '../../../support/drill/steady-sight.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { http } from '../../../support/sight.ts';

function ports() {
  return { clock: fakeClock(), signal: new AbortController().signal, randomId: () => 'mark' };
}

async function faultOf(work: Promise<unknown>): Promise<ClusterError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(ClusterError);
  return error as ClusterError;
}

test('the baseline holds who leads, and every id and number that has to outlive the fault', async () => {
  const sight = await steadySight(steadyWorld());
  expect(await takeBaseline({ sight, ports: ports() })).toEqual({
    leaders: { zookeeper: 'm3', mesos: 'm1', marathon: 'm2' },
    members: {
      zookeeper: ['m1', 'm2', 'm3'],
      mesos: ['m1', 'm2', 'm3'],
      marathon: ['m1', 'm2', 'm3'],
    },
    agents: { 'S-1': 'a1', 'S-2': 'a2' },
    frameworks: { marathon: 'F-1', 'jenkins-main': 'ci-jenkins-main' },
    // Not the build agent: it comes and goes.
    tasks: ['F-1/jenkins.1@S-1'],
    apps: ['jenkins.1'],
    jobs: [
      { controller: 'main', job: 'canary', nextBuild: 42 },
      { controller: 'main', job: 'folder/app', nextBuild: 7 },
    ],
    gateways: ['a1', 'a2'],
    controllers: ['main'],
  });
});

test('it takes five green rounds in a row', async () => {
  const clock = fakeClock();
  const sight = await steadySight(steadyWorld());
  await takeBaseline({ sight, ports: { ...ports(), clock } });
  expect(clock.now()).toBe(4 * 2000);
});

test('a leader that moves between two rounds begins the count anew', async () => {
  const clock = fakeClock();
  const world = steadyWorld();
  const sight = await steadySight(world);
  const sleep: typeof clock.sleep = async (ms, signal) => {
    await clock.sleep(ms, signal);
    if (clock.now() === 6000) world.zookeeperLeader = 'm2';
  };
  const baseline = await takeBaseline({ sight, ports: { ...ports(), clock: { ...clock, sleep } } });
  expect(baseline.leaders.zookeeper).toBe('m2');
  expect(clock.now()).toBe(6000 + 4 * 2000);
});

test('a cluster that does not become steady is not drilled, and it is told what is missing', async () => {
  const world = { ...steadyWorld(), synced: 1 };
  const fault = await faultOf(takeBaseline({ sight: await steadySight(world), ports: ports() }));
  expect(fault).toMatchObject({ code: 'GATE_NOT_REACHED' });
  expect(fault.message).toBe('the cluster is not steady, so nothing is broken on purpose');
  expect(fault.evidence).toEqual(['1 of 3 not in step yet']);
});

test('a host that nobody reaches makes it unsteady, too', async () => {
  const sight = await steadySight(steadyWorld());
  const missing = new Map([['a2', 'cannot reach a2']]);
  const fault = await faultOf(takeBaseline({ sight: { ...sight, missing }, ports: ports() }));
  expect(fault.evidence[0]).toContain('a2: cannot reach a2');
});

test('without the numbers of the jobs there is no baseline', async () => {
  const world = steadyWorld();
  ['a1/8081', 'a2/8081'].forEach((place) => {
    world.services[place] = http({
      '/login': { status: 200, headers: { 'x-jenkins': '2.568.2' } },
      '/api/json': { status: 403, headers: { 'x-jenkins': '2.568.2' } },
    });
  });
  const fault = await faultOf(takeBaseline({ sight: await steadySight(world), ports: ports() }));
  expect(fault.evidence).toEqual(['Jenkins does not tell its jobs']);
});

test('afterwards writes and job numbers are read back when all is in order again', async () => {
  const world = steadyWorld();
  world.znodes.set('/ci-cluster/drill-7/m1-1', 'm1-1');
  const sight = await steadySight(world);
  const request = { sight, ports: ports(), id: '7', acknowledged: ['m1-1', 'm1-2'] };
  expect(await readAftermath(request)).toEqual({
    ...{ lostWrites: ['m1-2'], steady: true, unsteady: '' },
    jobs: [
      { controller: 'main', job: 'canary', nextBuild: 42 },
      { controller: 'main', job: 'folder/app', nextBuild: 7 },
    ],
  });
});

test('what is not in order in time is told, and the rest is read all the same', async () => {
  const world = { ...steadyWorld(), synced: 1 };
  const sight = await steadySight(world);
  const after = await readAftermath({ sight, ports: ports(), id: '7', acknowledged: [] });
  expect(after).toMatchObject({ steady: false, unsteady: '1 of 3 not in step yet' });
  expect(after.jobs).toHaveLength(2);
});
