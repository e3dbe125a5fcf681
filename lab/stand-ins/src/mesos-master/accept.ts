import type { Resource, TaskInfo } from '../shared/mesos.ts';
import {
  amountsOf,
  contains,
  isEmpty,
  minus,
  nothing,
  plus,
  toResources,
  toText,
} from '../shared/resources.ts';
import type { Amounts } from '../shared/resources.ts';
import type { Core } from './core.ts';
import { countFor, countOne } from './framework-metrics.ts';
import { closeOffer, refuse } from './offers.ts';
import type { Framework, OpenOffer, Task } from './state.ts';
import { publishTask } from './operator-events.ts';
import { lostUnlessAware, masterStatus, sendUpdate } from './status.ts';

export interface Accept {
  readonly offerIds: readonly string[];
  readonly tasks: readonly TaskInfo[];
  readonly refuseSeconds: number | undefined;
}

/** ACCEPT: every task of it is launched or refused by an update of its own. */
export function accept(core: Core, framework: Framework, call: Accept): void {
  core.counters.add('messages_launch_tasks');
  countFor(core, framework.id, { name: 'offers/accepted', by: call.offerIds.length });
  if (call.tasks.length > 0) countOne(core, framework.id, 'operations/launch');
  const offers = call.offerIds.map((id) => core.state.offers.get(id));
  const invalid = call.offerIds.find((_, at) => offers[at]?.frameworkId !== framework.id);
  const open = offers.filter((one): one is OpenOffer => one?.frameworkId === framework.id);
  for (const offer of open) closeOffer(core, offer);
  if (invalid !== undefined) {
    for (const task of call.tasks) dropTask(core, framework, { task, offerId: invalid });
    return;
  }
  const left = open.map(({ amounts }) => amounts).reduce(plus, nothing);
  const rest = call.tasks.reduce(
    (available, task) => launch(core, framework, { task, available, open }),
    left,
  );
  const first = open[0];
  if (first !== undefined && !isEmpty(rest)) {
    refuse(core, first, { amounts: rest, refuseSeconds: call.refuseSeconds });
  }
}

function dropTask(
  core: Core,
  framework: Framework,
  drop: { task: TaskInfo; offerId: string },
): void {
  const state = lostUnlessAware(framework.info, 'TASK_DROPPED');
  core.counters.add(state.toLowerCase().replace('task_', 'tasks_'));
  const status = masterStatus(core, {
    taskId: drop.task.task_id.value,
    agentId: drop.task.agent_id.value,
    state,
    reason: 'REASON_INVALID_OFFERS',
    message: `Task launched with invalid offers: Offer ${drop.offerId} is no longer valid`,
  });
  sendUpdate(framework, status);
}

interface Launch {
  readonly task: TaskInfo;
  readonly available: Amounts;
  readonly open: readonly OpenOffer[];
}

/** What is left after it. */
function launch(core: Core, framework: Framework, request: Launch): Amounts {
  const fault = taskFault(core, framework, request);
  if (fault !== undefined) {
    core.counters.add('tasks_error');
    const status = masterStatus(core, {
      taskId: request.task.task_id.value,
      agentId: request.task.agent_id.value,
      state: 'TASK_ERROR',
      reason: 'REASON_TASK_INVALID',
      message: fault,
    });
    sendUpdate(framework, status);
    return request.available;
  }
  start(core, framework, request);
  return minus(request.available, amountsOf(request.task.resources));
}

function start(core: Core, framework: Framework, { task: info, open }: Launch): void {
  const role = open[0]?.role ?? '*';
  const allocated = info.resources.map((one) => ({ ...one, allocation_info: { role } }));
  const task: Task = {
    info: { ...info, resources: allocated },
    frameworkId: framework.id,
    role,
    state: 'TASK_STAGING',
    statuses: [],
  };
  framework.tasks.set(info.task_id.value, task);
  publishTask(core, task);
  const agent = core.state.agents.get(info.agent_id.value);
  agent?.link?.send({ kind: 'launch', framework: framework.info, task: task.info });
  core.log.info('master.cpp:13320', `Adding task ${info.task_id.value} on ${info.agent_id.value}`);
}

/** The checks of Mesos' master/validation.cpp (1.11) that its answers have shown, in their order. */
function taskFault(core: Core, framework: Framework, request: Launch): string | undefined {
  const { task, open } = request;
  return (
    idFault(framework, task.task_id.value) ??
    agentFault(core, task.agent_id.value, open) ??
    resourceFault(request)
  );
}

function idFault(framework: Framework, id: string): string | undefined {
  if (/[/\\\s]/.test(id) || id === '.' || id === '..') return `'${id}' contains invalid characters`;
  return framework.tasks.has(id) ? `Task has duplicate ID: ${id}` : undefined;
}

function agentFault(core: Core, id: string, open: readonly OpenOffer[]): string | undefined {
  if (!open.some(({ agentId }) => agentId === id)) {
    return `Task uses invalid agent ${id} while agent ${open[0]?.agentId ?? ''} is expected`;
  }
  return core.state.agents.get(id)?.connected === true ? undefined : 'Agent is not connected';
}

function resourceFault(request: Launch): string | undefined {
  const wanted = amountsOf(request.task.resources);
  if (isEmpty(wanted)) return 'Task uses no resources';
  return contains(request.available, wanted) ? undefined : tooMuch(request.task.resources, request);
}

function tooMuch(wanted: readonly Resource[], { available, open }: Launch): string {
  const role = open[0]?.role ?? '*';
  const there = toResources(available, role);
  return `Total resources ${toText(wanted, role)} required by task and its executor is more than available ${toText(there, role)}`;
}

export interface Decline {
  readonly offerIds: readonly string[];
  readonly refuseSeconds: number | undefined;
}

/** An offer that is not there any more is passed over without a word. */
export function decline(core: Core, framework: Framework, call: Decline): void {
  core.counters.add('messages_decline_offers');
  countFor(core, framework.id, { name: 'offers/declined', by: call.offerIds.length });
  for (const id of call.offerIds) {
    const open = core.state.offers.get(id);
    if (open?.frameworkId !== framework.id) continue;
    closeOffer(core, open);
    refuse(core, open, { amounts: open.amounts, refuseSeconds: call.refuseSeconds });
  }
}
