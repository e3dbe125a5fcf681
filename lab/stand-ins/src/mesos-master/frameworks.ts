import { isTerminal, type FrameworkInfo } from '../shared/mesos.ts';
import type { Core } from './core.ts';
import { countingEvents, countOne } from './framework-metrics.ts';
import { rescindWhere } from './offers.ts';
import { publishFramework, publishFrameworkGone } from './operator-events.ts';
import { roleFault } from './roles.ts';
import type { EventStream, Framework } from './state.ts';
import { concludeTask, masterStatus, recordStatus } from './status.ts';

const heartbeatSeconds = 15;

/** What to tell a scheduler that may not subscribe; `undefined`: it may. */
export function subscriptionFault(core: Core, info: FrameworkInfo): string | undefined {
  const { state } = core;
  if (state.completedFrameworks.some(({ id }) => id === info.id?.value)) {
    return 'Framework has been removed';
  }
  for (const role of [...(info.roles ?? []), ...(info.role === undefined ? [] : [info.role])]) {
    const fault = roleFault(role);
    if (fault !== undefined) return `'FrameworkInfo.roles' contains invalid role: ${fault}`;
  }
  return undefined;
}

function newFrameworkId(core: Core): string {
  return `${core.info.id}-${String(core.state.nextFramework++).padStart(4, '0')}`;
}

export function addFramework(core: Core, id: string, info: FrameworkInfo): Framework {
  const framework: Framework = {
    id,
    // What protobuf shows of fields that were not given.
    info: { failover_timeout: 0, checkpoint: false, ...info, id: { value: id } },
    stream: undefined,
    active: false,
    connected: false,
    recovered: false,
    registeredMs: 0,
    reregisteredMs: undefined,
    unregisteredMs: undefined,
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
    filters: [],
    suppressed: new Set(),
    cancelHeartbeat: () => undefined,
    cancelFailover: () => undefined,
  };
  core.state.frameworks.set(id, framework);
  publishFramework(core, framework, 'ADDED');
  return framework;
}

export interface Subscription {
  readonly framework_info: FrameworkInfo;
  readonly suppressed_roles?: readonly string[];
}

/** First subscription, return after a disconnection, or a second scheduler that takes over: all the same here. */
export function subscribe(core: Core, wish: Subscription, stream: EventStream): Framework {
  const info = wish.framework_info;
  const id = info.id?.value ?? newFrameworkId(core);
  const known = core.state.frameworks.get(id);
  const framework = known ?? addFramework(core, id, info);
  if (known !== undefined) takeOver(core, known, info);
  connect(core, framework, { stream, bringsId: info.id !== undefined });
  suppress(framework, wish.suppressed_roles ?? []);
  if (known !== undefined) publishFramework(core, framework, 'UPDATED');
  framework.stream?.send(subscribed(core, framework));
  startHeartbeat(core, framework);
  core.log.info('master.cpp:2847', `Subscribed framework ${id} (${framework.info.name})`);
  for (const agent of core.state.agents.values()) {
    agent.link?.send({ kind: 'framework-updated', framework: framework.info });
  }
  core.allocate();
  return framework;
}

function suppress({ suppressed }: Framework, roles: readonly string[]): void {
  suppressed.clear();
  for (const role of roles) suppressed.add(role);
}

interface Arrival {
  readonly stream: EventStream;
  readonly bringsId: boolean;
}

function connect(core: Core, framework: Framework, { stream, bringsId }: Arrival): void {
  framework.stream = countingEvents(core, framework.id, stream);
  countOne(core, framework.id, 'calls/subscribe');
  framework.active = true;
  framework.connected = true;
  // One that brings its id has registered before, if not with this master.
  const isReturn = framework.registeredMs > 0 || bringsId;
  if (isReturn) framework.reregisteredMs = core.clock.now();
  if (framework.registeredMs === 0) framework.registeredMs = core.clock.now();
  framework.recovered = false;
}

/** `checkpoint` stays what it was at the first SUBSCRIBE, whatever the second says. */
function takeOver(core: Core, framework: Framework, info: FrameworkInfo): void {
  framework.cancelFailover();
  framework.cancelHeartbeat();
  framework.stream?.send({ type: 'ERROR', error: { message: 'Framework failed over' } });
  framework.stream?.end();
  rescindSilently(core, framework);
  const { checkpoint = false } = framework.info;
  framework.info = { failover_timeout: 0, ...info, id: { value: framework.id }, checkpoint };
  framework.filters = [];
}

function rescindSilently(core: Core, framework: Framework): void {
  framework.stream = undefined;
  rescindWhere(core, (open) => open.frameworkId === framework.id);
}

function subscribed(core: Core, framework: Framework): object {
  return {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: framework.id },
      heartbeat_interval_seconds: heartbeatSeconds,
      master_info: core.info,
    },
  };
}

function startHeartbeat(core: Core, framework: Framework): void {
  const beat = () => {
    framework.stream?.send({ type: 'HEARTBEAT' });
  };
  beat();
  framework.cancelHeartbeat = core.clock.every(heartbeatSeconds * 1000, beat);
}

/** The scheduler's connection is gone. Its tasks live on for `failover_timeout` seconds. */
export function disconnectFramework(core: Core, framework: Framework): void {
  if (!framework.connected) return;
  framework.cancelHeartbeat();
  framework.active = false;
  framework.connected = false;
  rescindSilently(core, framework);
  publishFramework(core, framework, 'UPDATED');
  const timeoutMs = (framework.info.failover_timeout ?? 0) * 1000;
  core.log.info(
    'master.cpp:1424',
    `Giving framework ${framework.id} (${framework.info.name}) ${timeoutMs}ms to failover`,
  );
  framework.cancelFailover = core.clock.after(timeoutMs, () => {
    removeFramework(core, framework);
  });
}

/** Teardown, or nobody came back in time: all tasks end and the id can never be used again. */
export function removeFramework(core: Core, framework: Framework): void {
  framework.cancelHeartbeat();
  framework.cancelFailover();
  const { stream } = framework;
  rescindSilently(core, framework);
  stream?.end();
  framework.active = false;
  framework.connected = false;
  for (const agent of core.state.agents.values()) {
    agent.link?.send({ kind: 'shutdown-framework', framework_id: framework.id });
  }
  for (const task of [...framework.tasks.values()]) endWithFramework(core, framework, task);
  framework.unregisteredMs = core.clock.now();
  core.state.frameworks.delete(framework.id);
  core.state.completedFrameworks.push(framework);
  const surplus = core.state.completedFrameworks.length - core.settings.maxCompletedFrameworks;
  if (surplus > 0) core.state.completedFrameworks.splice(0, surplus);
  publishFrameworkGone(core, framework);
  core.log.info('master.cpp:10040', `Removing framework ${framework.id} (${framework.info.name})`);
}

function endWithFramework(
  core: Core,
  framework: Framework,
  task: Parameters<typeof recordStatus>[1],
): void {
  const status = masterStatus(core, {
    taskId: task.info.task_id.value,
    agentId: task.info.agent_id.value,
    state: 'TASK_KILLED',
    reason: 'REASON_FRAMEWORK_REMOVED',
    message: `Framework ${framework.id} removed`,
  });
  recordStatus(core, task, status);
  if (!isTerminal(task.state)) task.state = 'TASK_KILLED';
  concludeTask(core, framework, task);
}
