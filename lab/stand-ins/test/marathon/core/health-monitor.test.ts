import { expect, test } from 'vitest';
import { HealthMonitor, type Target } from '../../../src/marathon/core/health-monitor.ts';
import { jenkinsApp } from '../support/jenkins-app.ts';
import { marathon, recordedOffers } from '../support/world.ts';

async function monitored(check: Record<string, unknown>) {
  const it = await marathon();
  await it.apps.create({ ...jenkinsApp, healthChecks: [check] }, false);
  await it.offer(recordedOffers[0]!);
  const task = it.taskIds()[0]!;
  await it.update(task, 'TASK_RUNNING');
  const asked: Target[] = [];
  const killed: string[] = [];
  let cause: string | undefined = 'refused';
  const health = new HealthMonitor({
    cluster: it.cluster,
    world: it.world,
    probe: (target) => {
      asked.push(target);
      return Promise.resolve(cause);
    },
    onUnhealthy: ({ id }) => {
      killed.push(id);
    },
  });
  const after = async (seconds: number, answer: string | undefined) => {
    cause = answer;
    it.pass(seconds);
    await health.tick();
    it.orchestrator.converge();
  };
  return { it, task, asked, killed, after };
}

const check = {
  protocol: 'MESOS_HTTP',
  path: '/login',
  portIndex: 0,
  gracePeriodSeconds: 60,
  intervalSeconds: 10,
  timeoutSeconds: 5,
  maxConsecutiveFailures: 3,
  delaySeconds: 0,
};

test('the deployment settles only when the task is healthy', async () => {
  const { it, asked, after } = await monitored(check);
  await after(0, '503 Service Unavailable');
  expect(it.cluster.deployments()).toHaveLength(1);
  await after(10, undefined);
  expect(it.cluster.deployments()).toEqual([]);
  expect(asked[0]).toEqual({
    protocol: 'http',
    host: 'docker4.local',
    port: 32001,
    path: '/login',
    timeoutMs: 5000,
  });
});

test('failures in the grace period do not count, after it three in a row kill', async () => {
  const { task, killed, after } = await monitored(check);
  for (let i = 0; i < 6; i += 1) await after(10, 'refused');
  expect(killed).toEqual([]);
  await after(10, 'refused');
  await after(10, 'refused');
  expect(killed).toEqual([task]);
});

test('a success in between starts the count anew', async () => {
  const { killed, after } = await monitored(check);
  await after(60, 'refused');
  await after(10, 'refused');
  await after(10, undefined);
  await after(10, 'refused');
  await after(10, 'refused');
  expect(killed).toEqual([]);
});

test('checks keep their interval', async () => {
  const { asked, after } = await monitored(check);
  for (let i = 0; i < 20; i += 1) await after(1, undefined);
  expect(asked).toHaveLength(2);
});

test('a COMMAND check is left to Mesos', async () => {
  const { asked, after } = await monitored({ protocol: 'COMMAND', command: { value: 'true' } });
  await after(60, undefined);
  expect(asked).toEqual([]);
});
