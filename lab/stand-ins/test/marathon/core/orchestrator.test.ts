import { describe, expect, test } from 'vitest';
import { ApiFault } from '../../../src/marathon/core/api-fault.ts';
import type { Target } from '../../../src/marathon/core/probe.ts';
import { ReadinessMonitor } from '../../../src/marathon/core/readiness-monitor.ts';
import { queueView } from '../../../src/marathon/api/queue-view.ts';
import { jenkinsApp } from '../support/jenkins-app.ts';
import { marathon, MemoryStore, recordedOffers, type Marathon } from '../support/world.ts';

const [docker4, agent3] = recordedOffers;

/** The controller is deployed and its task runs. */
async function running(store = new MemoryStore()): Promise<{ it: Marathon; task: string }> {
  const it = await marathon(store);
  await it.apps.create(jenkinsApp, false);
  await it.offer(...recordedOffers);
  const task = it.taskIds()[0] ?? '';
  await it.update(task, 'TASK_RUNNING', { uuid: 'first' });
  it.sent();
  return { it, task };
}

describe('launching', () => {
  test('an idle leader asks Mesos to keep its offers', async () => {
    const it = await marathon();
    expect(it.sent()).toEqual(['RECONCILE 0', 'SUPPRESS']);
  });

  test('a new app is launched on the one agent that fits, the other offer is declined', async () => {
    const it = await marathon();
    it.sent();
    await it.apps.create(jenkinsApp, false);
    await it.offer(...recordedOffers);
    expect(it.sent()).toEqual(['REVIVE', 'ACCEPT jenkins.ci', 'DECLINE', 'SUPPRESS']);
    expect(it.cluster.instances()).toMatchObject([
      { appId: '/ci/jenkins', host: 'docker4.local', ports: [32001, 32002], state: 'TASK_STAGING' },
    ]);
  });

  test('the deployment holds the app until its task runs', async () => {
    const it = await marathon();
    await it.apps.create(jenkinsApp, false);
    await it.offer(docker4!);
    const change = { id: '/ci/jenkins', change: { mem: 128 }, partial: true, force: false };
    await expect(it.apps.update([change])).rejects.toThrow(ApiFault);
    await it.update(it.taskIds()[0]!, 'TASK_RUNNING');
    expect(it.cluster.deployments()).toEqual([]);
    expect(it.events).toContain('deployment_success');
  });

  test('the queue names the reason why nothing starts', async () => {
    const it = await marathon();
    await it.apps.create({ ...jenkinsApp, portDefinitions: [{ port: 8080 }] }, false);
    await it.offer(...recordedOffers);
    const [entry] = it.orchestrator.queue.entries();
    const view = queueView(entry!, {
      backOff: it.orchestrator.backOff,
      now: it.world.now(),
      withOffers: false,
    });
    const { rejectSummaryLastOffers: last } = view['processedOffersSummary'] as {
      rejectSummaryLastOffers: readonly { reason: string; declined: number; processed: number }[];
    };
    expect(last.filter(({ declined }) => declined > 0)).toEqual([
      { reason: 'UnfulfilledConstraint', declined: 1, processed: 2 },
      { reason: 'InsufficientPorts', declined: 1, processed: 1 },
    ]);
  });

  test('several instances share one offer as far as it goes', async () => {
    const it = await marathon();
    it.sent();
    await it.apps.create({ id: '/w', cmd: 'x', cpus: 0.8, instances: 5 }, false);
    await it.offer(agent3!);
    expect(it.sent()).toEqual(['REVIVE', 'ACCEPT w,w']);
  });
});

describe('updates', () => {
  test('each one with a uuid is acknowledged, duplicates too', async () => {
    const { it, task } = await running();
    await it.update(task, 'TASK_RUNNING', { uuid: 'again' });
    await it.update(task, 'TASK_RUNNING');
    expect(it.sent()).toEqual(['ACKNOWLEDGE again']);
  });

  test('a task that fails is started again, each time a little later', async () => {
    const { it } = await running();
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const task = it.taskIds()[0]!;
      await it.update(task, 'TASK_FAILED', { message: 'Container exited with status 137' });
      const app = it.cluster.app('/ci/jenkins')!.app;
      const waitMs = it.orchestrator.backOff.remainingMs(app, it.world.now());
      waits.push(Math.round(waitMs));
      await it.offer(docker4!);
      expect(it.taskIds()).toEqual([]);
      it.pass(Math.ceil(waitMs) / 1000);
      await it.offer(docker4!);
      await it.update(it.taskIds()[0]!, 'TASK_RUNNING');
    }
    expect(waits).toEqual([1000, 1150, 1323, 1521]);
  });

  test('the last failure is kept with the app', async () => {
    const { it, task } = await running();
    await it.update(task, 'TASK_FAILED', { message: 'Container exited with status 137' });
    expect(it.cluster.app('/ci/jenkins')?.lastTaskFailure).toMatchObject({
      taskId: task,
      state: 'TASK_FAILED',
      host: 'docker4.local',
      message: 'Container exited with status 137',
    });
  });

  test('a task that nobody knows is killed', async () => {
    const { it } = await running();
    await it.update('ghost', 'TASK_RUNNING');
    expect(it.sent()).toEqual(['KILL ghost']);
  });

  test('a task that does not start in time is killed', async () => {
    const it = await marathon();
    await it.apps.create(jenkinsApp, false);
    await it.offer(docker4!);
    it.sent();
    it.pass(301);
    expect(it.sent()).toContain(`KILL ${it.taskIds()[0]!}`);
  });
});

describe('changes', () => {
  test('a changed single instance is killed first and started when it has ended', async () => {
    const { it, task } = await running();
    await it.apps.update([
      { id: '/ci/jenkins', change: { mem: 128 }, partial: true, force: false },
    ]);
    await it.offer(docker4!);
    expect(it.sent()).toEqual([`KILL ${task}`, 'DECLINE']);
    await it.update(task, 'TASK_KILLED', { uuid: 'end' });
    await it.offer(docker4!);
    expect(it.sent()).toContain('ACCEPT jenkins.ci');
  });

  test('the same definition again changes nothing', async () => {
    const { it, task } = await running();
    await it.apps.update([{ id: '/ci/jenkins', change: jenkinsApp, partial: false, force: false }]);
    expect(it.sent()).toEqual([]);
    expect(it.taskIds()).toEqual([task]);
    expect(it.cluster.deployments()).toEqual([]);
  });

  test('with the default strategy the new one runs before the old one is killed', async () => {
    const it = await marathon();
    await it.apps.create({ id: '/w', cmd: 'x', cpus: 0.1 }, false);
    await it.offer(agent3!);
    const old = it.taskIds()[0]!;
    await it.update(old, 'TASK_RUNNING');
    await it.apps.update([{ id: '/w', change: { cmd: 'y' }, partial: true, force: false }]);
    it.sent();
    await it.offer(agent3!);
    expect(it.sent()).toEqual(['ACCEPT w', 'SUPPRESS']);
    const next = it.taskIds().find((id) => id !== old)!;
    await it.update(next, 'TASK_RUNNING');
    expect(it.sent()).toEqual([`KILL ${old}`]);
  });

  test('scaling keeps the tasks that run', async () => {
    const it = await marathon();
    await it.apps.create({ id: '/w', cmd: 'x', cpus: 0.1 }, false);
    await it.offer(agent3!);
    await it.update(it.taskIds()[0]!, 'TASK_RUNNING');
    it.sent();
    await it.apps.update([{ id: '/w', change: { instances: 3 }, partial: true, force: false }]);
    await it.offer(agent3!);
    expect(it.sent().filter((line) => !line.startsWith('REVIVE'))).toEqual([
      'ACCEPT w,w',
      'SUPPRESS',
    ]);
  });

  test('a deleted app is gone at once, its deployment when the task has ended', async () => {
    const { it, task } = await running();
    await it.apps.remove('/ci/jenkins', false);
    expect(it.cluster.app('/ci/jenkins')).toBeUndefined();
    expect(it.sent()).toEqual([`KILL ${task}`]);
    expect(it.cluster.deployments()).toHaveLength(1);
    await it.update(task, 'TASK_KILLED');
    expect(it.cluster.deployments()).toEqual([]);
  });

  test('a kill that Mesos does not confirm is repeated', async () => {
    const { it, task } = await running();
    await it.apps.remove('/ci/jenkins', false);
    it.sent();
    it.pass(29);
    expect(it.sent().filter((line) => line.startsWith('KILL'))).toEqual([]);
    it.pass(1);
    expect(it.sent()).toContain(`KILL ${task}`);
  });

  test('a forced change takes the app from the deployment that holds it', async () => {
    const it = await marathon();
    const { deploymentId } = await it.apps.create(jenkinsApp, false);
    const forced = { id: '/ci/jenkins', change: { mem: 128 }, partial: true, force: true };
    await it.apps.update([forced]);
    expect(it.cluster.deployments().map(({ id }) => id)).not.toContain(deploymentId);
  });

  test('a cancelled deployment brings the definition before it back', async () => {
    const { it } = await running();
    await it.apps.update([
      { id: '/ci/jenkins', change: { cpus: 64 }, partial: true, force: false },
    ]);
    const [deployment] = it.cluster.deployments();
    await it.apps.cancel(deployment!, false);
    expect(it.cluster.app('/ci/jenkins')?.app.cpus).toBe(0.5);
  });

  test('PUT with partialUpdate keeps absent fields, without it they fall back', async () => {
    const { it } = await running();
    const id = '/ci/jenkins';
    await it.apps.update([{ id, change: { mem: 300 }, partial: true, force: true }]);
    expect(it.cluster.app(id)?.app).toMatchObject({ mem: 300, cpus: 0.5 });
    await it.apps.update([{ id, change: { cmd: 'x' }, partial: false, force: true }]);
    expect(it.cluster.app(id)?.app).toMatchObject({ mem: 128, cpus: 1, labels: {} });
  });
});

describe('lost agents', () => {
  test('a disabled unreachable strategy never starts a second controller', async () => {
    const { it, task } = await running();
    await it.update(task, 'TASK_UNREACHABLE');
    it.pass(3600);
    await it.offer(docker4!);
    expect(it.sent().filter((line) => line.startsWith('ACCEPT'))).toEqual([]);
    await it.update(task, 'TASK_RUNNING');
    expect(it.cluster.instance(task)).toMatchObject({ state: 'TASK_RUNNING' });
  });

  test('with the default strategy a replacement starts at once, and the old one dies when it returns', async () => {
    const it = await marathon();
    await it.apps.create({ id: '/w', cmd: 'x', cpus: 0.1 }, false);
    await it.offer(agent3!);
    const old = it.taskIds()[0]!;
    await it.update(old, 'TASK_RUNNING');
    await it.update(old, 'TASK_UNREACHABLE');
    it.sent();
    await it.offer(docker4!);
    expect(it.sent()).toContain('ACCEPT w');
    expect(it.taskIds()).not.toContain(old);
    await it.update(old, 'TASK_RUNNING');
    expect(it.sent()).toContain(`KILL ${old}`);
  });
});

describe('an unreachable strategy with times', () => {
  /** One task of an app, its agent lost; `reconcile` is Mesos' answer to the question of every ten minutes. */
  async function lost(inactiveAfterSeconds: number, expungeAfterSeconds: number) {
    const it = await marathon();
    const unreachableStrategy = { inactiveAfterSeconds, expungeAfterSeconds };
    await it.apps.create({ id: '/w', cmd: 'x', cpus: 0.1, unreachableStrategy }, false);
    await it.offer(agent3!);
    const old = it.taskIds()[0]!;
    await it.update(old, 'TASK_RUNNING');
    await it.update(old, 'TASK_UNREACHABLE');
    const reconcile = async () => {
      it.sent();
      it.pass(600);
      expect(it.sent()).toContain('RECONCILE 1');
      await it.update(old, 'TASK_UNREACHABLE');
    };
    return { it, old, reconcile };
  }

  test('nothing happens before Mesos was asked again, however late that is', async () => {
    const { it, reconcile } = await lost(60, 3600);
    it.pass(599);
    await it.offer(docker4!);
    expect(it.taskIds()).toHaveLength(1);
    await reconcile();
    await it.offer(docker4!);
    expect(it.taskIds()).toHaveLength(2);
  });

  test('between the two times the old one counts no more, and goes as the younger one when it returns', async () => {
    const { it, old } = await lost(0, 86_400);
    await it.offer(docker4!);
    const next = it.taskIds().find((id) => id !== old)!;
    await it.update(next, 'TASK_RUNNING');
    it.pass(30);
    it.sent();
    await it.update(old, 'TASK_RUNNING');
    expect(it.sent()).toEqual([`KILL ${old}`]);
  });

  test('after the second time it is forgotten, and killed when it comes back', async () => {
    const { it, old, reconcile } = await lost(60, 900);
    await reconcile();
    expect(it.taskIds()).toContain(old);
    await reconcile();
    expect(it.taskIds()).not.toContain(old);
    it.sent();
    await it.update(old, 'TASK_RUNNING');
    expect(it.sent()).toContain(`KILL ${old}`);
  });
});

describe('a lost task', () => {
  test.each([
    ['REASON_AGENT_REMOVED', 'Agent S1 removed: the agent unregistered', 'unreachable'],
    ['REASON_SLAVE_DISCONNECTED', 'Agent h1 disconnected', 'unreachable'],
    ['REASON_RECONCILIATION', 'Reconciliation: Task is unknown to the agent', 'over'],
    ['REASON_INVALID_OFFERS', 'Task launched with invalid offers', 'over'],
  ])('by %s is %s: %s', async (reason, message, outcome) => {
    const { it, task } = await running();
    await it.update(task, 'TASK_LOST', { reason, message });
    const state = it.cluster.instance(task)?.state;
    expect(state).toBe(outcome === 'over' ? undefined : 'TASK_UNREACHABLE');
  });

  test.each(['TASK_GONE', 'TASK_GONE_BY_OPERATOR', 'TASK_UNKNOWN', 'TASK_DROPPED'] as const)(
    '%s is replaced',
    async (state) => {
      const { it, task } = await running();
      await it.update(task, state);
      it.pass(2);
      await it.offer(docker4!);
      expect(it.sent()).toContain('ACCEPT jenkins.ci');
    },
  );
});

describe('the back-off', () => {
  test('stops at the app’s largest delay, and can be reset', async () => {
    const it = await marathon();
    const definition = { ...jenkinsApp, backoffSeconds: 10, maxLaunchDelaySeconds: 15 };
    await it.apps.create(definition, false);
    const { app } = it.cluster.app('/ci/jenkins')!;
    const remaining = () => it.orchestrator.backOff.remainingMs(app, it.world.now());
    for (let round = 0; round < 5; round += 1) {
      it.pass(remaining() / 1000);
      await it.offer(docker4!);
      await it.update(it.taskIds()[0]!, 'TASK_FAILED');
    }
    expect(remaining()).toBe(15_000);
    it.orchestrator.backOff.reset(app);
    expect(remaining()).toBe(0);
  });

  test('a task that was killed delays nothing', async () => {
    const { it, task } = await running();
    await it.update(task, 'TASK_KILLED');
    await it.offer(docker4!);
    expect(it.taskIds()).toHaveLength(1);
  });
});

describe('readiness', () => {
  test('a deployment waits until the new task says that it is ready', async () => {
    const it = await marathon();
    const app = {
      ...jenkinsApp,
      readinessChecks: [{ portName: 'http', path: '/ready', httpStatusCodesForReady: [204] }],
    };
    await it.apps.create(app, false);
    await it.offer(docker4!);
    await it.update(it.taskIds()[0]!, 'TASK_RUNNING');
    expect(it.cluster.deployments()).toHaveLength(1);
    const asked: Target[] = [];
    let answer: string | undefined = '503 Service Unavailable';
    const probe = (target: Target) => {
      asked.push(target);
      return Promise.resolve(answer);
    };
    const monitor = new ReadinessMonitor({ cluster: it.cluster, world: it.world, probe });
    await monitor.tick();
    await monitor.tick();
    expect(asked).toMatchObject([{ port: 32001, path: '/ready', goodStatuses: [204] }]);
    answer = undefined;
    it.pass(30);
    await monitor.tick();
    it.orchestrator.converge();
    expect(it.cluster.deployments()).toEqual([]);
  });
});

describe('a new leader', () => {
  test('knows the framework id, the apps and the tasks, and asks Mesos about them', async () => {
    const store = new MemoryStore();
    const { task } = await running(store);
    const next = await marathon(store);
    next.pass(15);
    expect(next.sent()).toEqual(['RECONCILE 0', 'SUPPRESS', 'RECONCILE 1', 'RECONCILE 0']);
    expect(next.cluster.frameworkId).toBe('framework-1');
    expect(next.taskIds()).toEqual([task]);
  });

  test('starts what was lost while nobody led', async () => {
    const store = new MemoryStore();
    const { task } = await running(store);
    const next = await marathon(store);
    await next.update(task, 'TASK_GONE');
    next.pass(1);
    await next.offer(docker4!);
    expect(next.sent()).toContain('ACCEPT jenkins.ci');
  });
});
