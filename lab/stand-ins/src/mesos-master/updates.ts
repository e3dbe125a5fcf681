import type { AgentMessage } from '../shared/agent-wire.ts';
import { isTerminal } from '../shared/mesos.ts';
import { checkDrained } from './agent-wishes.ts';
import type { Core } from './core.ts';
import { findTask, type Agent, type Framework } from './state.ts';
import { concludeTask, countReason, recordStatus, sendUpdate } from './status.ts';

/** An update from an agent: onto the record and on to the framework, which must acknowledge it. */
export function agentUpdate(
  core: Core,
  agent: Agent,
  message: Extract<AgentMessage, { kind: 'update' }>,
): void {
  const { framework_id: frameworkId, status, latest_state: latest } = message;
  core.counters.add('messages_status_update');
  const framework = core.state.frameworks.get(frameworkId);
  const task = findTask(core.state, frameworkId, status.task_id.value);
  if (framework === undefined || task === undefined) {
    core.counters.add('invalid_status_updates');
    // Nobody is left to acknowledge it: the agent would send it again for ever.
    if (framework?.connected !== true) acknowledgeFor(agent, message);
    else sendUpdate(framework, status);
    return;
  }
  // Nobody to hear it: counted as invalid, sent again until somebody does (1.12.0).
  core.counters.add(framework.connected ? 'valid_status_updates' : 'invalid_status_updates');
  const isRepeat = task.statuses.some(({ uuid }) => uuid === status.uuid);
  if (!isRepeat) {
    recordStatus(core, task, status);
    countReason(core, status);
  }
  task.state = latest;
  task.statusUpdateState = status.state;
  if (status.uuid !== undefined) task.statusUpdateUuid = status.uuid;
  sendUpdate(framework, status);
}

function acknowledgeFor(
  agent: Agent,
  { framework_id, status }: Extract<AgentMessage, { kind: 'update' }>,
): void {
  agent.link?.send({
    kind: 'acknowledge',
    framework_id,
    task_id: status.task_id.value,
    uuid: status.uuid ?? '',
  });
}

export interface Acknowledgement {
  readonly taskId: string;
  readonly agentId: string;
  readonly uuid: string;
}

/** The end of a task is over only when its framework has taken note. */
export function acknowledge(core: Core, framework: Framework, ack: Acknowledgement): void {
  core.counters.add('messages_status_update_acknowledgement');
  const agent = core.state.agents.get(ack.agentId);
  const task = framework.tasks.get(ack.taskId);
  if (agent?.link === undefined) {
    core.counters.add('invalid_status_update_acknowledgements');
    return;
  }
  core.counters.add('valid_status_update_acknowledgements');
  agent.link.send({
    kind: 'acknowledge',
    framework_id: framework.id,
    task_id: ack.taskId,
    uuid: ack.uuid,
  });
  const isTheEnd =
    task?.statusUpdateUuid === ack.uuid && isTerminal(task.statusUpdateState ?? task.state);
  if (task === undefined || !isTheEnd) return;
  concludeTask(core, framework, task);
  void checkDrained(core, ack.agentId);
}
