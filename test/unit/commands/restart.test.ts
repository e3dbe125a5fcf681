import { describe, expect, test } from 'vitest';
import { clusterFile, controller } from '../../support/cluster-file.ts';
import { memoryOf } from '../../support/fake-agents.ts';
import {
  container,
  fakeWorld,
  machine,
  powerOff,
  type FakeWorld,
} from '../../support/fake-world.ts';
import { setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

async function cluster(text?: string): Promise<FakeWorld> {
  const world = fakeWorld(text);
  await setUp(world);
  return world;
}

function restarts(log: readonly string[]): readonly string[] {
  return log.filter((line) => line.includes(' restart '));
}

test('a service is restarted host by host, the leader last, and everything stays as it was', async () => {
  const world = await cluster();
  const before = container(world, 'm1', 'ci-zookeeper').id;
  const { exitCode, stdout, log } = await runCli('restart zookeeper --yes', world);
  expect(exitCode).toBe(0);
  expect(restarts(log)).toHaveLength(3);
  expect(container(world, 'm1', 'ci-zookeeper').id).toBe(before);
  expect(stdout).toContain('3 changes made');
});

test('one member of one service is restarted alone', async () => {
  const world = await cluster();
  const { log } = await runCli('restart m2/marathon --yes', world);
  expect(restarts(log)).toEqual(['m2: restart ci-marathon']);
});

test('without a name everything is restarted, what others lean on first', async () => {
  const world = await cluster();
  const { exitCode, stderr, log } = await runCli(
    'restart --yes --stop-controllers --kill-builds',
    world,
  );
  expect(stderr).not.toContain('bug');
  expect(exitCode).toBe(0);
  const order = restarts(log).map((line) => line.replace(/.* /, ''));
  expect([...new Set(order)]).toEqual([
    ...['ci-zookeeper', 'ci-mesos-master', 'ci-mesos-agent', 'ci-marathon', 'ci-gateway'],
  ]);
  expect(log.filter((line) => line.includes('POST'))).toContainEqual(
    expect.stringContaining('/v2/apps/ci/jenkins-main/restart'),
  );
});

describe('nothing is touched', () => {
  test.each([
    ['restart zokeeper', 'did you mean zookeeper?'],
    ['restart a1/zookeeper', 'the cluster has no host a1 with zookeeper'],
    ['restart jenkins/other', 'the cluster has no controller other'],
    ['restart keepalived', 'no host of the cluster file has keepalived'],
  ])('by %s', async (line, message) => {
    const world = await cluster();
    const { exitCode, stderr, log } = await runCli(`${line} --yes`, world);
    expect(exitCode).toBe(2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message);
    expect(log).toEqual([]);
  });

  test('where the container is missing', async () => {
    const world = await cluster();
    machine(world, 'm2').containers.delete('ci-marathon');
    const { exitCode, stderr, log } = await runCli('restart marathon --yes', world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('there is no marathon on m2 to restart');
    expect(restarts(log)).toEqual([]);
  });

  test('where one more member down would end the quorum', async () => {
    const world = await cluster();
    powerOff(world, 'm3');
    const { exitCode, stderr, log } = await runCli(
      'restart zookeeper --yes --skip-unreachable',
      world,
    );
    expect(exitCode).toBe(8);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('1 of 3 of ZooKeeper would be left');
    expect(restarts(log)).toEqual([]);
  });

  test('where nobody confirms it', async () => {
    const world = await cluster();
    const { exitCode, log } = await runCli('restart zookeeper', world);
    expect(exitCode).toBe(9);
    expect(restarts(log)).toEqual([]);
  });
});

test('a member that does not come back stops the run before the next one', async () => {
  const world = await cluster();
  machine(world, 'm2').exits.set('ci-marathon', { exitCode: 1, lines: ['no'] });
  machine(world, 'm3').exits.set('ci-marathon', { exitCode: 1, lines: ['no'] });
  const { exitCode, stderr, log } = await runCli('restart marathon --yes', world);
  expect(exitCode).toBe(5);
  expect(stderr).toContain('[CONTAINER_EXITED]');
  expect(restarts(log)).toEqual([]);
});

test('Marathon is not restarted while a deployment is under way', async () => {
  const world = await cluster();
  world.deployments.push('/team/app');
  const { exitCode, stderr, log } = await runCli('restart marathon --yes', world);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('under way: /team/app');
  expect(restarts(log)).toEqual([]);
});

test('the next master waits for the Mesos agents that run and have not come back', async () => {
  const world = await cluster();
  Object.assign(world.mesos, { recovered: ['10.0.0.102'] });
  const { exitCode, stderr, log } = await runCli('restart mesos-master --yes', world);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('Mesos agents not back yet: a2');
  expect(restarts(log)).toEqual([]);
});

test('batches of gateways go as the command line says', async () => {
  const world = await cluster(clusterFile({ agents: 5 }));
  const { exitCode, stderr } = await runCli(
    'restart gateway --batch 50% --canary 1 --kill-builds',
    world,
    { answers: ['n'] },
  );
  expect(exitCode).toBe(9);
  expect(stderr).toMatch(/a2.*a3, a4.*a5.*a1/s);
});

test.each(['--batch 0', '--batch 101%', '--canary one', '--max-failures x'])(
  '%s is refused as an option',
  async (option) => {
    const { exitCode } = await runCli(`restart zookeeper ${option}`, fakeWorld());
    expect(exitCode).toBe(2);
  },
);

describe('Mesos agents', () => {
  const kept = { image: 'example/build-agent:1', via: 'marathon', count: 3, memory: '4GiB' };
  const main = controller({ buildAgents: { big: kept } });

  test('with a controller go last, and it answers again before the run ends', async () => {
    const world = await cluster(clusterFile({ agents: 3 }));
    const { exitCode, stderr, log } = await runCli(
      'restart mesos-agent --yes --stop-controllers',
      world,
    );
    expect(exitCode).toBe(0);
    expect(restarts(log)).toEqual(['a2', 'a3', 'a1'].map((a) => `${a}: restart ci-mesos-agent`));
    expect(stderr).toContain('✔ every Jenkins controller answers through every gateway');
  });

  test('of a batch are emptied together, as their builds end together', async () => {
    const world = await cluster(clusterFile({ agents: 3 }));
    const line = 'restart mesos-agent --yes --stop-controllers --canary 0 --batch 2';
    const { exitCode, log } = await runCli(line, world);
    expect(exitCode).toBe(0);
    const calls = log.filter((one) => /(DEACTIVATE|DRAIN|REACTIVATE)_AGENT|restart ci-/.test(one));
    expect(calls.slice(0, 2)).toEqual(['m1: DEACTIVATE_AGENT a2', 'm1: DEACTIVATE_AGENT a3']);
    expect(calls.slice(2, 4).toSorted()).toEqual([...['m1: DRAIN_AGENT a2', 'm1: DRAIN_AGENT a3']]);
    expect(calls.slice(4, 6)).toEqual(['a2: restart ci-mesos-agent', 'a3: restart ci-mesos-agent']);
  });

  test('of a batch get their work back where another one cannot be emptied', async () => {
    const world = await cluster(clusterFile({ agents: 3 }));
    memoryOf({ agents: world.mesos.agents! }, 'a3').sticks = 1000;
    const line = 'restart mesos-agent --yes --stop-controllers --canary 0 --batch 2';
    const { exitCode, stderr, log } = await runCli(line, world);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('the Mesos agent on a3 is not empty');
    expect(restarts(log)).toEqual([]);
    expect(memoryOf({ agents: world.mesos.agents! }, 'a2')).toMatchObject({ deactivated: false });
    expect(stderr).toMatch(
      /could not give the Mesos agent on a3 work again.*ci-cluster add-agent a3/s,
    );
  });

  test('that a controller cannot leave are not stopped without being told so', async () => {
    const world = await cluster();
    const { exitCode, log } = await runCli('restart mesos-agent --yes', world);
    expect(exitCode).toBe(8);
    expect(restarts(log)).toEqual([]);
  });

  test('go in smaller batches where the pool could not hold what has its place in it', async () => {
    const world = await cluster(clusterFile({ agents: 5, jenkins: { main } }));
    const line = 'restart mesos-agent --stop-controllers --canary 0';
    const { exitCode, stderr, log } = await runCli(`${line} --yes --batch 4`, world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('[POOL_TOO_SMALL]');
    expect(restarts(log)).toEqual([]);
    const asked = await runCli(`${line} --batch 2`, world, { answers: ['n'] });
    expect(asked.exitCode).toBe(9);
  });
});
