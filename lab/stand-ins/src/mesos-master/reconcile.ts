import type { TaskState } from '../shared/mesos.ts';
import type { Core } from './core.ts';
import type { Framework, Task } from './state.ts';
import { lostUnlessAware, masterStatus, sendUpdate } from './status.ts';

export interface Question {
  readonly taskId: string;
  readonly agentId: string | undefined;
}

/** RECONCILE: without questions, the state of everything the framework runs. */
export function reconcile(core: Core, framework: Framework, questions: readonly Question[]): void {
  core.counters.add('messages_reconcile_tasks');
  if (questions.length === 0) {
    for (const task of framework.tasks.values()) tellLatest(core, framework, task);
    return;
  }
  for (const question of questions) answer(core, framework, question);
}

function answer(core: Core, framework: Framework, question: Question): void {
  const task = framework.tasks.get(question.taskId);
  if (task !== undefined) {
    tellLatest(core, framework, task);
    return;
  }
  // Agents that a new leader knows from the registry only may still bring the task: no answer is the answer.
  if (isAwaited(core, question)) return;
  if (core.registrar.registry.gone.some(({ id }) => id === question.agentId)) {
    tell(core, framework, { ...question, state: 'TASK_GONE_BY_OPERATOR', word: 'gone' });
    return;
  }
  const unreachableMs = unreachableSince(core, framework, question);
  if (unreachableMs !== undefined) {
    const state = 'TASK_UNREACHABLE';
    tell(core, framework, { ...question, state, word: 'unreachable', unreachableMs });
  } else if (question.agentId !== undefined && core.state.agents.has(question.agentId)) {
    tell(core, framework, { ...question, state: 'TASK_GONE', word: 'unknown to the agent' });
  } else tell(core, framework, { ...question, state: 'TASK_UNKNOWN', word: 'unknown' });
}

function isAwaited(core: Core, { agentId }: Question): boolean {
  if (agentId === undefined) return core.state.recoveredAgents.size > 0;
  return core.state.recoveredAgents.has(agentId);
}

function unreachableSince(
  core: Core,
  framework: Framework,
  question: Question,
): number | undefined {
  const task = framework.unreachableTasks.get(question.taskId);
  const agentId = question.agentId ?? task?.info.agent_id.value;
  return agentId === undefined ? undefined : core.state.unreachableAgents.get(agentId);
}

function tellLatest(core: Core, framework: Framework, task: Task): void {
  const status = masterStatus(core, {
    taskId: task.info.task_id.value,
    agentId: task.info.agent_id.value,
    state: task.statusUpdateState ?? task.state,
    reason: 'REASON_RECONCILIATION',
    message: 'Reconciliation: Latest task state',
    containerStatus: task.statuses.at(-1)?.container_status,
  });
  sendUpdate(framework, status);
}

interface Verdict extends Question {
  readonly state: TaskState;
  /** What the task is, in the words of Mesos. */
  readonly word: string;
  readonly unreachableMs?: number;
}

function tell(core: Core, framework: Framework, verdict: Verdict): void {
  const status = masterStatus(core, {
    ...verdict,
    state: lostUnlessAware(framework.info, verdict.state),
    reason: 'REASON_RECONCILIATION',
    message: `Reconciliation: Task is ${verdict.word}`,
  });
  sendUpdate(framework, status);
}

export interface Kill extends Question {
  readonly graceMs: number | undefined;
}

/** KILL of a task nobody knows is answered like a question for it. */
export function kill(core: Core, framework: Framework, call: Kill): void {
  core.counters.add('messages_kill_task');
  const task = framework.tasks.get(call.taskId);
  if (task === undefined) {
    answer(core, framework, call);
    return;
  }
  const agent = core.state.agents.get(task.info.agent_id.value);
  agent?.link?.send({
    kind: 'kill',
    framework_id: framework.id,
    task_id: call.taskId,
    ...(call.graceMs === undefined ? {} : { grace_ms: call.graceMs }),
  });
}
