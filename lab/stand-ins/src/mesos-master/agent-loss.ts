import { hasCapability, isTerminal, type TaskState } from '../shared/mesos.ts';
import type { Core } from './core.ts';
import { rescindWhere } from './offers.ts';
import { publishAgentGone } from './operator-events.ts';
import { asGone, asUnreachable, withoutAgent } from './registry.ts';
import { tasksOn, type Agent, type Framework, type Task } from './state.ts';
import { concludeTask, countReason, masterStatus, recordStatus, sendUpdate } from './status.ts';

/** Not answering any more, but it may come back: only tasks that cannot survive that are lost now. */
export function disconnectAgent(core: Core, agent: Agent): void {
  agent.active = false;
  agent.connected = false;
  agent.link = undefined;
  core.log.info('master.cpp:1304', `Agent ${agent.id} (${agent.info.hostname}) disconnected`);
  rescindWhere(core, (open) => open.agentId === agent.id);
  for (const { framework, task } of withFramework(core, agent)) {
    if (framework.info.checkpoint === true || isTerminal(task.state)) continue;
    loseTask(core, framework, {
      task,
      state: 'TASK_LOST',
      reason: 'REASON_AGENT_DISCONNECTED',
      message: `Agent ${agent.info.hostname} disconnected`,
    });
  }
}

function withFramework(core: Core, agent: Agent): { framework: Framework; task: Task }[] {
  return tasksOn(core.state, agent.id).flatMap((task) => {
    const framework = core.state.frameworks.get(task.frameworkId);
    return framework === undefined ? [] : [{ framework, task }];
  });
}

interface Loss {
  readonly task: Task;
  readonly state: TaskState;
  readonly reason: string;
  readonly message: string;
  readonly unreachableMs?: number;
}

function loseTask(core: Core, framework: Framework, loss: Loss): void {
  const status = masterStatus(core, {
    ...loss,
    taskId: loss.task.info.task_id.value,
    agentId: loss.task.info.agent_id.value,
  });
  recordStatus(core, loss.task, status);
  countReason(core, status);
  loss.task.state = loss.state;
  sendUpdate(framework, status);
  if (loss.unreachableMs !== undefined) {
    // Also the TASK_LOST of frameworks that know no partitions: it may come back (observed with 1.12.0).
    framework.tasks.delete(loss.task.info.task_id.value);
    framework.unreachableTasks.set(loss.task.info.task_id.value, loss.task);
  } else concludeTask(core, framework, loss.task);
}

/** The pings ran out. */
export async function markUnreachable(core: Core, agent: Agent): Promise<void> {
  const sinceMs = core.clock.now();
  core.counters.add('slave_unreachable_scheduled');
  await core.registrar.update((registry) => asUnreachable(registry, agent.id, sinceMs));
  core.counters.add('slave_unreachable_completed');
  core.counters.add('slave_removals');
  core.counters.add('slave_removals/reason_unhealthy');
  core.state.unreachableAgents.set(agent.id, sinceMs);
  dropAgent(core, agent);
  for (const { framework, task } of withFramework(core, agent)) {
    const aware = hasCapability(framework.info, 'PARTITION_AWARE');
    loseTask(core, framework, {
      task,
      state: aware ? 'TASK_UNREACHABLE' : 'TASK_LOST',
      reason: 'REASON_AGENT_REMOVED',
      message: 'health check timed out',
      unreachableMs: sinceMs,
    });
  }
  tellFailure(core, agent.id);
}

export interface Removal {
  readonly message: string;
  /** By cause; a machine taken down counts as a removal without one (observed with 1.12.0). */
  readonly counter?: string;
}

/** For good: it unregistered, a new agent took its place, or its machine went down. */
export async function forgetAgent(core: Core, agent: Agent, removal: Removal): Promise<void> {
  dropAgent(core, agent);
  core.counters.add('slave_removals');
  if (removal.counter !== undefined) core.counters.add(removal.counter);
  const reason = 'REASON_AGENT_REMOVED';
  for (const { framework, task } of withFramework(core, agent)) {
    loseTask(core, framework, { message: removal.message, reason, task, state: 'TASK_LOST' });
  }
  tellFailure(core, agent.id);
  await core.registrar.update((registry) => withoutAgent(registry, agent.id));
}

/** The operator's word: the agent and its tasks never come back. Not counted as a removal (1.12.0). */
export async function markGone(core: Core, id: string): Promise<void> {
  const message = 'Agent has been marked gone';
  await core.registrar.update((registry) => asGone(registry, id, core.clock.now()));
  const { state } = core;
  for (const known of [state.recoveredAgents, state.unreachableAgents, state.draining]) {
    known.delete(id);
  }
  state.deactivated.delete(id);
  const agent = state.agents.get(id);
  if (agent === undefined) return;
  agent.link?.send({ kind: 'shutdown', message });
  const lost = withFramework(core, agent);
  dropAgent(core, agent);
  for (const { framework, task } of lost) {
    const aware = hasCapability(framework.info, 'PARTITION_AWARE');
    loseTask(core, framework, {
      task,
      state: aware ? 'TASK_GONE_BY_OPERATOR' : 'TASK_LOST',
      reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
      message,
    });
  }
  tellFailure(core, id);
}

function dropAgent(core: Core, agent: Agent): void {
  agent.cancelPing();
  agent.active = false;
  agent.connected = false;
  rescindWhere(core, (open) => open.agentId === agent.id);
  core.state.agents.delete(agent.id);
  publishAgentGone(core, agent.id);
  agent.link?.close();
  agent.link = undefined;
}

/** Every framework hears it, also those that had nothing there. */
function tellFailure(core: Core, id: string): void {
  for (const framework of core.state.frameworks.values()) {
    framework.stream?.send({ type: 'FAILURE', failure: { agent_id: { value: id } } });
  }
}

/** Those that did not come back to a new leader within `--agent_reregister_timeout`. */
export async function markRecoveredUnreachable(core: Core): Promise<void> {
  const sinceMs = core.clock.now();
  const missing = [...core.state.recoveredAgents.keys()];
  for (const id of missing) {
    await core.registrar.update((registry) => asUnreachable(registry, id, sinceMs));
    // Back at the last moment: its own registration wins.
    if (!core.state.recoveredAgents.delete(id)) continue;
    core.state.unreachableAgents.set(id, sinceMs);
    core.counters.add('recovery_slave_removals');
  }
}
