import { describe, expect, test } from 'vitest';
import { accept } from '../../src/mesos-master/accept.ts';
import { deactivateAgent, drainAgent } from '../../src/mesos-master/agent-wishes.ts';
import { reactivateAgent, removeForever } from '../../src/mesos-master/agent-wishes.ts';
import { registerAgent } from '../../src/mesos-master/agents.ts';
import { disconnectFramework, removeFramework } from '../../src/mesos-master/frameworks.ts';
import { acknowledge, agentUpdate } from '../../src/mesos-master/updates.ts';
import { addAgent, addScheduler, agentInfo, leadingMaster, task } from './support/cluster.ts';
import type { TestAgent, TestCluster, TestScheduler } from './support/cluster.ts';

interface Scene extends TestCluster {
  readonly on: TestAgent;
  readonly scheduler: TestScheduler;
  /** The agent reports the end of the task. */
  readonly killed: () => void;
  readonly drainState: () => string | undefined;
}

async function scene(): Promise<Scene> {
  const cluster = leadingMaster();
  const { core } = cluster;
  const on = await addAgent(core);
  const scheduler = addScheduler(core, { failover_timeout: 3600, checkpoint: true });
  const offerIds = scheduler.offerIds();
  accept(core, scheduler.framework, { offerIds, tasks: [task('t', on.id)], refuseSeconds: 0 });
  return {
    ...cluster,
    on,
    scheduler,
    killed: () => {
      const status = {
        task_id: { value: 't' },
        state: 'TASK_KILLED',
        source: 'SOURCE_EXECUTOR',
        agent_id: { value: on.id },
        timestamp: 1,
        uuid: 'u',
      } as const;
      const framework_id = scheduler.framework.id;
      agentUpdate(core, on.agent, {
        kind: 'update',
        framework_id,
        status,
        latest_state: 'TASK_KILLED',
      });
    },
    drainState: () => core.state.draining.get(on.id)?.info.state,
  };
}

describe('an agent without offers', () => {
  test('is one that an operator deactivated; what it had offered is taken back', async () => {
    const { core, clock, on, scheduler } = await scene();
    await clock.advance(1000);
    expect(core.state.offers.size).toBe(1);
    await deactivateAgent(core, on.id);
    await clock.advance(60_000);
    expect(core.state.offers.size).toBe(0);
    expect(scheduler.events.map(({ type }) => type)).toContain('RESCIND');
    await reactivateAgent(core, on.id);
    expect(core.state.offers.size).toBe(1);
  });

  test('stays one under the next leader', async () => {
    const { core, on } = await scene();
    await deactivateAgent(core, on.id);
    const next = leadingMaster({}, undefined, core.registrar.registry);
    await addAgent(next.core, { id: on.id });
    expect(addScheduler(next.core).offerIds()).toEqual([]);
    expect(next.core.registrar.registry.minimumCapabilities).toEqual(['AGENT_DRAINING']);
    await reactivateAgent(next.core, on.id);
    expect(next.core.registrar.registry.minimumCapabilities).toEqual([]);
  });
});

describe('a drain', () => {
  const config = { max_grace_period: { nanoseconds: 20e9 }, mark_gone: false };

  test('is passed on to the agent and over when the last end is acknowledged', async () => {
    const { core, on, scheduler, killed, drainState } = await scene();
    await drainAgent(core, on.id, config);
    expect(on.received.at(-1)).toEqual({
      kind: 'drain',
      max_grace_period_ms: 20_000,
      mark_gone: false,
    });
    killed();
    expect(drainState()).toBe('DRAINING');
    acknowledge(core, scheduler.framework, { taskId: 't', agentId: on.id, uuid: 'u' });
    await expect.poll(drainState, { interval: 1 }).toBe('DRAINED');
    await reactivateAgent(core, on.id);
    expect(drainState()).toBeUndefined();
  });

  test('of an agent without tasks is over at once', async () => {
    const { core } = leadingMaster();
    const { id } = await addAgent(core);
    await drainAgent(core, id, config);
    expect(core.state.draining.get(id)?.info.state).toBe('DRAINED');
  });

  test('sticks to a framework that is away; its teardown does not help, asking again does', async () => {
    const { core, on, scheduler, killed, drainState } = await scene();
    disconnectFramework(core, scheduler.framework);
    await drainAgent(core, on.id, config);
    killed();
    removeFramework(core, scheduler.framework);
    expect(drainState()).toBe('DRAINING');
    await expect(reactivateAgent(core, on.id)).rejects.toThrow(
      'Agent is still in the DRAINING state',
    );
    await drainAgent(core, on.id, { mark_gone: false });
    expect(drainState()).toBe('DRAINED');
  });

  test('goes on under the next leader: the agent is told again when it registers', async () => {
    const { core, on } = await scene();
    await drainAgent(core, on.id, config);
    const next = leadingMaster({}, undefined, core.registrar.registry);
    const running = {
      framework_id: 'f',
      task: task('t', on.id),
      state: 'TASK_RUNNING' as const,
      statuses: [],
    };
    const frameworks = [{ user: 'root', name: 'f', id: { value: 'f' } }];
    const back = await addAgent(next.core, { id: on.id, tasks: [running], frameworks });
    expect(back.received).toContainEqual(expect.objectContaining({ kind: 'drain' }));
    expect(next.core.state.draining.get(on.id)?.info).toEqual({ state: 'DRAINING', config });
  });

  test('can end in MARK_AGENT_GONE', async () => {
    const { core } = leadingMaster();
    const { id, received } = await addAgent(core);
    await drainAgent(core, id, { mark_gone: true });
    expect(received.at(-1)).toMatchObject({ kind: 'shutdown' });
    expect(core.state.agents.size).toBe(0);
    expect(core.registrar.registry.gone.map((one) => one.id)).toEqual([id]);
  });
});

describe('an agent marked gone', () => {
  test('loses its tasks for good, and frameworks hear it; it is no removal', async () => {
    const { core, on, scheduler } = await scene();
    await removeForever(core, on.id);
    expect(scheduler.statuses().at(-1)).toMatchObject({
      state: 'TASK_GONE_BY_OPERATOR',
      reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
    });
    expect(scheduler.events.map(({ type }) => type)).toContain('FAILURE');
    expect(core.counters.get('slave_removals')).toBe(0);
    await removeForever(core, on.id);
  });

  test('is sent away whenever it comes back', async () => {
    const { core, on } = await scene();
    await removeForever(core, on.id);
    const sent: object[] = [];
    const link = { send: (message: object) => sent.push(message), close: () => undefined };
    const agent = { ...agentInfo('a1', 'cpus:4'), id: { value: on.id } };
    const rest = {
      pid: on.agent.pid,
      version: '1.12.0',
      capabilities: [],
      tasks: [],
      frameworks: [],
    };
    expect(await registerAgent(core, { kind: 'register', agent, ...rest }, link)).toBeUndefined();
    expect(sent).toEqual([{ kind: 'shutdown', message: 'Agent has been marked gone' }]);
  });
});
