import { describe, expect, test } from 'vitest';
import { taskView } from '../../../src/marathon/api/views.ts';
import { HealthMonitor } from '../../../src/marathon/core/health-monitor.ts';
import type { Target } from '../../../src/marathon/core/probe.ts';
import { jenkinsApp } from '../support/jenkins-app.ts';
import { marathon, MemoryStore, recordedOffers, type Marathon } from '../support/world.ts';

const check = {
  protocol: 'HTTP',
  path: '/login',
  portIndex: 0,
  gracePeriodSeconds: 60,
  intervalSeconds: 10,
  timeoutSeconds: 5,
  maxConsecutiveFailures: 3,
};

async function running(app: object, store = new MemoryStore()) {
  const it = await marathon(store);
  await it.apps.create({ ...jenkinsApp, ...app }, false);
  await it.offer(recordedOffers[0]!);
  const task = it.taskIds()[0]!;
  await it.update(task, 'TASK_RUNNING');
  return { it, task };
}

/** A monitor whose answers the test gives. */
async function monitored(change: Record<string, unknown> = {}, app: object = {}) {
  const { it, task } = await running({ ...app, healthChecks: [{ ...check, ...change }] });
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
  const result = () => health.results(it.cluster.instance(task)!, it.cluster.apps()[0]!.app)[0];
  return { it, task, asked, killed, after, result };
}

describe('checks that the leader makes', () => {
  test('the deployment settles only when the task is healthy', async () => {
    const { it, asked, after } = await monitored();
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

  test('failures in the grace period are not even noted; after it the fourth in a row kills', async () => {
    const { task, killed, after, result } = await monitored();
    for (let i = 0; i < 5; i += 1) await after(10, 'refused');
    expect(result()).toMatchObject({ consecutiveFailures: 0, lastFailure: null });
    for (let i = 0; i < 3; i += 1) await after(10, 'refused');
    expect(result()).toMatchObject({ consecutiveFailures: 3, lastFailureCause: 'refused' });
    expect(killed).toEqual([]);
    await after(10, 'refused');
    expect(killed).toEqual([task]);
  });

  test('once it was healthy there is no grace any more', async () => {
    const { after, result } = await monitored();
    await after(10, undefined);
    await after(10, 'refused');
    expect(result()).toMatchObject({ alive: false, consecutiveFailures: 1 });
  });

  test('a success in between starts the count anew', async () => {
    const { killed, after } = await monitored();
    await after(60, 'refused');
    for (let i = 0; i < 2; i += 1) await after(10, 'refused');
    await after(10, undefined);
    for (let i = 0; i < 3; i += 1) await after(10, 'refused');
    expect(killed).toEqual([]);
  });

  test('with 0 as the limit failures are noted and nothing is killed', async () => {
    const { killed, after } = await monitored({ maxConsecutiveFailures: 0 });
    for (let i = 0; i < 20; i += 1) await after(10, 'refused');
    expect(killed).toEqual([]);
  });

  test('checks keep their interval', async () => {
    const { asked, after } = await monitored();
    for (let i = 0; i < 20; i += 1) await after(1, undefined);
    expect(asked).toHaveLength(2);
  });

  test('of a container with ports of its own the published port is asked', async () => {
    const container = {
      docker: { image: 'a' },
      portMappings: [{ containerPort: 8080, hostPort: 0 }],
    };
    const networks = [{ mode: 'container/bridge' }];
    const { asked, after } = await monitored(
      { protocol: 'TCP', path: undefined },
      { container, networks, portDefinitions: undefined },
    );
    await after(1, undefined);
    expect(asked[0]).toMatchObject({ protocol: 'tcp', host: 'docker4.local', port: 32000 });
  });
});

describe('checks that the executor makes', () => {
  const mesos = { healthChecks: [{ ...check, protocol: 'MESOS_HTTP', delaySeconds: 2 }] };
  const shown = (it: Marathon, task: string) =>
    taskView(it.cluster.instance(task)!, it)['healthCheckResults'];

  test('nobody is asked from here; the deployment settles with the word in a status', async () => {
    const { it, task } = await running(mesos);
    expect(it.cluster.deployments()).toHaveLength(1);
    await it.update(task, 'TASK_RUNNING', { healthy: true, uuid: 'aGVhbHRoeQ==' });
    expect(it.cluster.deployments()).toEqual([]);
    expect(shown(it, task)).toMatchObject([{ alive: true, consecutiveFailures: 0 }]);
    expect(it.events).toContain('health_status_changed_event');
  });

  test('a failure is counted, the kill is left to the executor', async () => {
    const { it, task } = await running(mesos);
    await it.update(task, 'TASK_RUNNING', { healthy: true });
    await it.update(task, 'TASK_RUNNING', { healthy: false });
    await it.update(task, 'TASK_RUNNING', { healthy: false });
    expect(shown(it, task)).toMatchObject([{ alive: false, consecutiveFailures: 2 }]);
    it.sent();
    await it.update(task, 'TASK_KILLED', { healthy: false });
    await it.offer(recordedOffers[0]!);
    expect(it.sent()).toContain('ACCEPT jenkins.ci');
  });

  test('a new leader goes on with the last word', async () => {
    const store = new MemoryStore();
    const { it, task } = await running(mesos, store);
    await it.update(task, 'TASK_RUNNING', { healthy: true });
    const next = await marathon(store);
    await next.health.tick();
    expect(shown(next, task)).toMatchObject([{ alive: true }]);
  });
});
