import { encodeRecord } from '../shared/recordio.ts';
import type { Request } from '../shared/http.ts';
import type { Core } from './core.ts';
import { getState, v1Agent, v1Framework } from './render-v1.ts';
import { v1Task } from './render-tasks.ts';
import type { Agent, EventStream, Framework, Task } from './state.ts';
import type { TaskStatus } from '../shared/mesos.ts';

const heartbeatSeconds = 15;

/** SUBSCRIBE of the operator API: the state as it is, then every change (master.proto `Event`, 1.11). */
export function streamEvents(core: Core, { response }: Request): void {
  response.writeHead(200, { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/json' });
  response.flushHeaders();
  const stream: EventStream = {
    id: '',
    send: (event) => {
      if (!response.writableEnded) response.write(encodeRecord(event));
    },
    end: () => {
      response.end();
    },
  };
  stream.send({
    type: 'SUBSCRIBED',
    subscribed: { get_state: getState(core), heartbeat_interval_seconds: heartbeatSeconds },
  });
  stream.send({ type: 'HEARTBEAT' });
  core.subscribers.add(stream);
  const cancel = core.clock.every(heartbeatSeconds * 1000, () => {
    stream.send({ type: 'HEARTBEAT' });
  });
  response.on('close', () => {
    cancel();
    core.subscribers.delete(stream);
  });
}

function publish(core: Core, type: string, describe: () => object): void {
  if (core.subscribers.size === 0) return;
  const event = { type, [type.toLowerCase()]: describe() };
  for (const stream of core.subscribers) stream.send(event);
}

export function publishTask(core: Core, task: Task): void {
  publish(core, 'TASK_ADDED', () => ({ task: v1Task(task) }));
}

export function publishStatus(core: Core, task: Task, status: TaskStatus): void {
  publish(core, 'TASK_UPDATED', () => ({
    framework_id: { value: task.frameworkId },
    status,
    state: status.state,
  }));
}

export function publishAgent(core: Core, agent: Agent): void {
  publish(core, 'AGENT_ADDED', () => ({ agent: v1Agent(core, agent) }));
}

export function publishAgentGone(core: Core, id: string): void {
  publish(core, 'AGENT_REMOVED', () => ({ agent_id: { value: id } }));
}

export function publishFramework(
  core: Core,
  framework: Framework,
  what: 'ADDED' | 'UPDATED',
): void {
  publish(core, `FRAMEWORK_${what}`, () => ({ framework: v1Framework(framework) }));
}

export function publishFrameworkGone(core: Core, framework: Framework): void {
  publish(core, 'FRAMEWORK_REMOVED', () => ({ framework_info: framework.info }));
}
