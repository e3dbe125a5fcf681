import { describe, expect, test } from 'vitest';
import type { TaskState, TaskStatus } from '../../src/shared/mesos.ts';
import { accept } from '../../src/mesos-master/accept.ts';
import { agentLinkClosed } from '../../src/mesos-master/agents.ts';
import { forgetAgent } from '../../src/mesos-master/agent-loss.ts';
import { disconnectFramework, removeFramework } from '../../src/mesos-master/frameworks.ts';
import { kill, reconcile } from '../../src/mesos-master/reconcile.ts';
import { acknowledge, agentUpdate } from '../../src/mesos-master/updates.ts';
import { addAgent, addScheduler, leadingMaster, task } from './support/cluster.ts';
import type { TestAgent, TestCluster, TestScheduler } from './support/cluster.ts';

interface Scene extends TestCluster {
  readonly on: TestAgent;
  readonly scheduler: TestScheduler;
  readonly update: (state: TaskState, uuid: string) => void;
}

/** One framework with task t1 running on one agent. */
async function scene(options: { checkpoint?: boolean; aware?: boolean } = {}): Promise<Scene> {
  const cluster = leadingMaster();
  const on = await addAgent(cluster.core);
  const scheduler = addScheduler(cluster.core, {
    failover_timeout: 12,
    checkpoint: options.checkpoint ?? true,
    capabilities: options.aware === false ? [] : [{ type: 'PARTITION_AWARE' }],
  });
  accept(cluster.core, scheduler.framework, {
    offerIds: scheduler.offerIds(),
    tasks: [task('t1', on.id)],
    refuseSeconds: 1000,
  });
  const update = (state: TaskState, uuid: string) => {
    const status: TaskStatus = {
      task_id: { value: 't1' },
      state,
      source: 'SOURCE_EXECUTOR',
      agent_id: { value: on.id },
      timestamp: 1,
      uuid,
    };
    agentUpdate(cluster.core, on.agent, {
      kind: 'update',
      framework_id: scheduler.framework.id,
      status,
      latest_state: state,
    });
  };
  update('TASK_RUNNING', 'u1');
  return { ...cluster, on, scheduler, update };
}

describe('updates', () => {
  test('reach the framework, and its acknowledgement reaches the agent', async () => {
    const { core, scheduler, on } = await scene();
    expect(scheduler.statuses().at(-1)).toMatchObject({ state: 'TASK_RUNNING', uuid: 'u1' });
    acknowledge(core, scheduler.framework, { taskId: 't1', agentId: on.id, uuid: 'u1' });
    expect(on.received.at(-1)).toEqual({
      kind: 'acknowledge',
      framework_id: scheduler.framework.id,
      task_id: 't1',
      uuid: 'u1',
    });
  });

  test('a task that ended frees its resources at once, but is listed until acknowledged', async () => {
    const { core, scheduler, on, update } = await scene();
    update('TASK_FINISHED', 'u2');
    expect(scheduler.framework.tasks.has('t1')).toBe(true);
    expect(scheduler.framework.completedTasks).toHaveLength(0);
    acknowledge(core, scheduler.framework, { taskId: 't1', agentId: on.id, uuid: 'u2' });
    expect(scheduler.framework.completedTasks.map(({ state }) => state)).toEqual(['TASK_FINISHED']);
    expect(core.counters.get('tasks_finished')).toBe(1);
  });

  test('sent again is passed on again, and recorded once', async () => {
    const { scheduler, update } = await scene();
    update('TASK_RUNNING', 'u1');
    expect(scheduler.statuses()).toHaveLength(2);
    expect(scheduler.framework.tasks.get('t1')?.statuses).toHaveLength(1);
  });
});

describe('RECONCILE and KILL', () => {
  test.each([
    ['t1', true, 'TASK_RUNNING', 'Reconciliation: Latest task state'],
    ['nope', true, 'TASK_GONE', 'Reconciliation: Task is unknown to the agent'],
    ['nope', false, 'TASK_UNKNOWN', 'Reconciliation: Task is unknown'],
  ])('task %s, agent given: %s → %s', async (taskId, withAgent, state, message) => {
    const { core, scheduler, on } = await scene();
    reconcile(core, scheduler.framework, [{ taskId, agentId: withAgent ? on.id : undefined }]);
    expect(scheduler.statuses().at(-1)).toMatchObject({
      state,
      message,
      reason: 'REASON_RECONCILIATION',
    });
    expect(scheduler.statuses().at(-1)).not.toHaveProperty('uuid');
  });

  test('frameworks that know no partitions hear TASK_LOST', async () => {
    const { core, scheduler, on } = await scene({ aware: false });
    reconcile(core, scheduler.framework, [{ taskId: 'nope', agentId: on.id }]);
    expect(scheduler.statuses().at(-1)?.state).toBe('TASK_LOST');
  });

  test('without tasks everything that lives is told', async () => {
    const { core, scheduler } = await scene();
    reconcile(core, scheduler.framework, []);
    expect(scheduler.statuses().map(({ message }) => message)).toEqual([
      undefined,
      'Reconciliation: Latest task state',
    ]);
  });

  test('KILL goes to the agent, of an unknown task it is answered', async () => {
    const { core, scheduler, on } = await scene();
    kill(core, scheduler.framework, { taskId: 't1', agentId: on.id, graceMs: 1000 });
    expect(on.received.at(-1)).toMatchObject({ kind: 'kill', task_id: 't1', grace_ms: 1000 });
    kill(core, scheduler.framework, { taskId: 'x', agentId: on.id, graceMs: undefined });
    expect(scheduler.statuses().at(-1)?.state).toBe('TASK_GONE');
  });
});

function cut({ core, on }: Scene): void {
  const { agent } = on;
  if (agent.link !== undefined) agentLinkClosed(core, agent, agent.link);
}

describe('an agent that goes', () => {
  test('is inactive at once; tasks without checkpoint are lost, those with it are not', async () => {
    const kept = await scene({ checkpoint: true });
    cut(kept);
    expect(kept.on.agent).toMatchObject({ active: false, connected: false });
    expect(kept.scheduler.statuses().map(({ state }) => state)).toEqual(['TASK_RUNNING']);
    const lost = await scene({ checkpoint: false });
    cut(lost);
    expect(lost.scheduler.statuses().at(-1)).toMatchObject({
      state: 'TASK_LOST',
      reason: 'REASON_AGENT_DISCONNECTED',
      message: 'Agent a1 disconnected',
    });
  });

  test.each([
    [true, 'TASK_UNREACHABLE'],
    [false, 'TASK_LOST'],
  ])('is unreachable after 90 s (partition aware: %s)', async (aware, state) => {
    const cluster = await scene({ aware });
    cut(cluster);
    await cluster.clock.advance(89_000);
    expect(cluster.core.state.agents.size).toBe(1);
    await cluster.clock.advance(1000);
    expect(cluster.core.state.agents.size).toBe(0);
    expect(cluster.registrar.registry.unreachable.map(({ id }) => id)).toEqual([cluster.on.id]);
    expect(cluster.scheduler.statuses().at(-1)).toMatchObject({
      state,
      reason: 'REASON_AGENT_REMOVED',
      message: 'health check timed out',
    });
    expect(cluster.scheduler.events).toContainEqual({
      type: 'FAILURE',
      failure: { agent_id: { value: cluster.on.id } },
    });
  });

  test('and comes back brings its task back', async () => {
    const cluster = await scene();
    cut(cluster);
    await cluster.clock.advance(90_000);
    const { framework } = cluster.scheduler;
    const running = {
      framework_id: framework.id,
      task: task('t1', cluster.on.id),
      state: 'TASK_RUNNING' as const,
      statuses: [],
    };
    await addAgent(cluster.core, { id: cluster.on.id, tasks: [running] });
    expect(cluster.scheduler.statuses().at(-1)).toMatchObject({
      state: 'TASK_RUNNING',
      reason: 'REASON_AGENT_REREGISTERED',
      message: 'Unreachable agent re-reregistered',
    });
    expect(framework.tasks.has('t1')).toBe(true);
    expect(framework.unreachableTasks.size).toBe(0);
  });

  test('without the task it had says so', async () => {
    const cluster = await scene();
    cut(cluster);
    await addAgent(cluster.core, { id: cluster.on.id });
    expect(cluster.scheduler.statuses().at(-1)).toMatchObject({ state: 'TASK_GONE' });
    expect(cluster.scheduler.framework.tasks.size).toBe(0);
  });

  test('for good loses its tasks', async () => {
    const cluster = await scene();
    await forgetAgent(cluster.core, cluster.on.agent, {
      message: 'Agent a1 removed: the agent unregistered',
      counter: 'slave_removals/reason_unregistered',
    });
    expect(cluster.scheduler.statuses().at(-1)?.state).toBe('TASK_LOST');
    expect(cluster.registrar.registry.agents).toEqual([]);
  });

  test('one that answers its pings stays', async () => {
    const { core, clock } = leadingMaster();
    await addAgent(core, { alive: true });
    await clock.advance(600_000);
    expect(core.state.agents.size).toBe(1);
  });
});

describe('a framework that goes', () => {
  test('keeps its tasks for failover_timeout, then all of them are killed', async () => {
    const { core, clock, scheduler, on } = await scene();
    disconnectFramework(core, scheduler.framework);
    expect(scheduler.framework).toMatchObject({ active: false, connected: false });
    await clock.advance(11_999);
    expect(core.state.frameworks.size).toBe(1);
    await clock.advance(1);
    expect(core.state.completedFrameworks).toHaveLength(1);
    expect(on.received.at(-1)).toMatchObject({ kind: 'shutdown-framework' });
    expect(scheduler.framework.completedTasks[0]?.state).toBe('TASK_KILLED');
  });

  test('and returns in time keeps everything, under a new name, checkpoint unchanged', async () => {
    const { core, clock, scheduler } = await scene({ checkpoint: false });
    disconnectFramework(core, scheduler.framework);
    await clock.advance(5000);
    const id = { value: scheduler.framework.id };
    const again = addScheduler(core, { id, name: 'renamed', checkpoint: true });
    await clock.advance(60_000);
    expect(again.framework).toBe(scheduler.framework);
    expect(again.framework.info).toMatchObject({ name: 'renamed', checkpoint: false });
    expect(again.framework.tasks.has('t1')).toBe(true);
    expect(again.framework.reregisteredMs).toBeDefined();
  });

  test('taken over by a second scheduler ends the first', async () => {
    const { core, scheduler } = await scene();
    addScheduler(core, { id: { value: scheduler.framework.id } });
    expect(scheduler.events.at(-1)).toEqual({
      type: 'ERROR',
      error: { message: 'Framework failed over' },
    });
    expect(scheduler.ended()).toBe(true);
  });

  test('torn down ends its stream without a word', async () => {
    const { core, scheduler } = await scene();
    const before = scheduler.events.length;
    removeFramework(core, scheduler.framework);
    expect(scheduler.events).toHaveLength(before);
    expect(scheduler.ended()).toBe(true);
  });
});

describe('a new leader', () => {
  test('learns frameworks and tasks from the agent, and their timeout does not run', async () => {
    const { core, clock } = leadingMaster();
    const info = { user: 'root', name: 'old', id: { value: 'f-1' }, failover_timeout: 15 };
    const running = {
      framework_id: 'f-1',
      task: task('t1', 'old-S0'),
      state: 'TASK_RUNNING' as const,
      statuses: [],
    };
    await addAgent(core, { id: 'old-S0', tasks: [running], frameworks: [info], alive: true });
    const framework = core.state.frameworks.get('f-1');
    expect(framework).toMatchObject({ recovered: true, connected: false, registeredMs: 0 });
    await clock.advance(720_000);
    expect(core.state.frameworks.has('f-1')).toBe(true);
  });

  test('does not offer what running tasks hold when their agent returns', async () => {
    const { core } = leadingMaster();
    const scheduler = addScheduler(core, { id: { value: 'f-1' } });
    const running = {
      framework_id: 'f-1',
      task: task('t1', 'old-S0', 'cpus:3;mem:64'),
      state: 'TASK_RUNNING' as const,
      statuses: [],
    };
    await addAgent(core, { id: 'old-S0', tasks: [running] });
    const offers = scheduler.events.filter(({ type }) => type === 'OFFERS');
    expect(JSON.stringify(offers)).toContain('"name":"cpus","type":"SCALAR","scalar":{"value":1}');
  });

  test('says nothing about tasks while agents of the registry are awaited', () => {
    const { core } = leadingMaster();
    core.state.recoveredAgents.set('old-S0', {
      hostname: 'a',
      port: 1,
      resources: [],
      attributes: [],
    });
    const scheduler = addScheduler(core);
    reconcile(core, scheduler.framework, [{ taskId: 't', agentId: 'old-S0' }]);
    reconcile(core, scheduler.framework, [{ taskId: 't', agentId: undefined }]);
    expect(scheduler.statuses()).toEqual([]);
  });
});
