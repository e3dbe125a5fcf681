import type { AgentMessage } from '../shared/agent-wire.ts';
import { isTerminal } from '../shared/mesos.ts';
import type { Core } from './core.ts';
import { addFramework } from './frameworks.ts';
import { publishTask } from './operator-events.ts';
import { rolesOf, tasksOn, type Agent, type Framework, type Task } from './state.ts';
import { concludeTask, lostUnlessAware, masterStatus, recordStatus, sendUpdate } from './status.ts';

type Registration = Extract<AgentMessage, { kind: 'register' }>;

/** A new leader, or one that had given the agent up, learns from the agent what runs there. */
export function adoptTasks(
  core: Core,
  agent: Agent,
  registration: Registration & { readonly wasUnreachable: boolean },
): void {
  const reported = new Set<string>();
  for (const running of registration.tasks) {
    const framework = frameworkOf(core, agent, { id: running.framework_id, registration });
    if (framework === undefined) continue;
    const id = running.task.task_id.value;
    if (wasDeclaredLost(framework, agent, id)) {
      agent.link?.send({ kind: 'kill', framework_id: framework.id, task_id: id });
      continue;
    }
    reported.add(`${framework.id} ${id}`);
    const task = adopt(core, framework, running);
    if (registration.wasUnreachable) tellReturned(core, framework, task);
  }
  dropUnreported(core, agent, reported);
}

function adopt(core: Core, framework: Framework, running: Registration['tasks'][number]): Task {
  const { task: info, state, statuses } = running;
  const id = info.task_id.value;
  const known = framework.tasks.get(id);
  const task = known ?? {
    info,
    frameworkId: framework.id,
    role: rolesOf(framework.info)[0] ?? '*',
    state,
    statuses: [...statuses],
  };
  task.state = state;
  framework.unreachableTasks.delete(id);
  const latest = statuses.at(-1);
  if (latest?.uuid !== undefined) {
    task.statusUpdateState = latest.state;
    task.statusUpdateUuid = latest.uuid;
  }
  framework.tasks.set(id, task);
  if (known === undefined) publishTask(core, task);
  return task;
}

/** Its framework was told TASK_LOST while the agent was away: it must not run on behind its back. */
function wasDeclaredLost(framework: Framework, agent: Agent, id: string): boolean {
  return (
    !framework.tasks.has(id) &&
    framework.completedTasks.some(
      ({ info, state }) =>
        info.task_id.value === id && info.agent_id.value === agent.id && state === 'TASK_LOST',
    )
  );
}

function frameworkOf(
  core: Core,
  agent: Agent,
  { id, registration }: { id: string; registration: Registration },
): Framework | undefined {
  const known = core.state.frameworks.get(id);
  if (known !== undefined) return known;
  if (core.state.completedFrameworks.some((one) => one.id === id)) {
    agent.link?.send({ kind: 'shutdown-framework', framework_id: id });
    return undefined;
  }
  const info = registration.frameworks.find((one) => one.id?.value === id);
  if (info === undefined) return undefined;
  const framework = addFramework(core, id, info);
  framework.recovered = true;
  return framework;
}

function tellReturned(core: Core, framework: Framework, task: Task): void {
  if (isTerminal(task.state)) return;
  const containerStatus = task.statuses.at(-1)?.container_status;
  const status = masterStatus(core, {
    taskId: task.info.task_id.value,
    agentId: task.info.agent_id.value,
    state: task.state,
    reason: 'REASON_AGENT_REREGISTERED',
    // Spelt so by Mesos 1.12.
    message: 'Unreachable agent re-reregistered',
    containerStatus,
  });
  sendUpdate(framework, status);
}

/** Launched but never arrived, or forgotten by the agent. */
function dropUnreported(core: Core, agent: Agent, reported: ReadonlySet<string>): void {
  for (const task of tasksOn(core.state, agent.id)) {
    const framework = core.state.frameworks.get(task.frameworkId);
    if (framework === undefined) continue;
    if (reported.has(`${framework.id} ${task.info.task_id.value}`)) continue;
    const status = masterStatus(core, {
      taskId: task.info.task_id.value,
      agentId: agent.id,
      state: lostUnlessAware(framework.info, 'TASK_GONE'),
      reason: 'REASON_RECONCILIATION',
      message: 'Reconciliation: Task is unknown to the agent',
    });
    if (!isTerminal(task.state)) {
      recordStatus(core, task, status);
      sendUpdate(framework, status);
      task.state = status.state;
    }
    concludeTask(core, framework, task);
  }
}
