import type { ServerResponse } from 'node:http';
import { empty, type Answer, type Request } from '../shared/http.ts';
import { CallError } from '../shared/mesos-call.ts';
import { encodeRecord } from '../shared/recordio.ts';
import { accept, decline } from './accept.ts';
import type { Core } from './core.ts';
import { countOne } from './framework-metrics.ts';
import {
  disconnectFramework,
  removeFramework,
  subscribe,
  subscriptionFault,
} from './frameworks.ts';
import { kill, reconcile } from './reconcile.ts';
import { readSchedulerCall, type SchedulerCall } from './scheduler-calls.ts';
import { rolesOf, type EventStream, type Framework } from './state.ts';
import { acknowledge } from './updates.ts';

/** `POST /api/v1/scheduler` on the leader. `undefined`: the answer is a stream. */
export function schedulerApi(core: Core, request: Request): Answer | undefined {
  try {
    const call = readSchedulerCall(request);
    if (call.type === 'SUBSCRIBE') {
      openSubscription(core, request, call);
      return undefined;
    }
    const framework = subscribedFramework(core, request, call);
    countOne(core, framework.id, `calls/${call.type.toLowerCase()}`);
    handlers[call.type]?.(core, framework, call);
    return empty(202);
  } catch (fault) {
    if (fault instanceof CallError) return fault.answer;
    throw fault;
  }
}

function subscribedFramework(core: Core, request: Request, call: SchedulerCall): Framework {
  const id = call.framework_id?.value ?? '';
  const framework = core.state.frameworks.get(id);
  if (framework === undefined) throw new CallError(400, 'Framework cannot be found');
  if (!framework.connected) throw new CallError(403, 'Framework is not subscribed');
  const streamId = request.headers['mesos-stream-id'];
  if (streamId === undefined) {
    throw new CallError(400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
  }
  if (streamId !== framework.stream?.id) {
    throw new CallError(
      400,
      `The stream ID '${String(streamId)}' included in this request didn't match the stream ID currently associated with framework ID ${id}`,
    );
  }
  return framework;
}

type CallHandler = (core: Core, framework: Framework, call: SchedulerCall) => void;

/** Calls without an entry are accepted and do nothing. */
const handlers: Readonly<Record<string, CallHandler>> = {
  TEARDOWN: (core, framework) => {
    removeFramework(core, framework);
  },
  ACCEPT: (core, framework, { accept: body }) => {
    accept(core, framework, {
      offerIds: body?.offer_ids?.map(({ value }) => value) ?? [],
      tasks: body?.operations?.flatMap((one) => one.launch?.task_infos ?? []) ?? [],
      refuseSeconds: body?.filters?.refuse_seconds,
    });
  },
  DECLINE: (core, framework, { decline: body }) => {
    decline(core, framework, {
      offerIds: body?.offer_ids?.map(({ value }) => value) ?? [],
      refuseSeconds: body?.filters?.refuse_seconds,
    });
  },
  REVIVE: (core, framework, call) => {
    revive(core, framework, call.revive?.roles);
  },
  SUPPRESS: (core, framework, call) => {
    core.counters.add('messages_suppress_offers');
    for (const role of call.suppress?.roles ?? rolesOf(framework.info)) {
      framework.suppressed.add(role);
    }
  },
  KILL: (core, framework, call) => {
    const grace = call.kill?.kill_policy?.grace_period?.nanoseconds;
    kill(core, framework, {
      taskId: call.kill?.task_id.value ?? '',
      agentId: call.kill?.agent_id?.value,
      graceMs: grace === undefined ? undefined : grace / 1e6,
    });
  },
  ACKNOWLEDGE: (core, framework, call) => {
    acknowledge(core, framework, {
      taskId: call.acknowledge?.task_id.value ?? '',
      agentId: call.acknowledge?.agent_id.value ?? '',
      uuid: call.acknowledge?.uuid ?? '',
    });
  },
  RECONCILE: (core, framework, call) => {
    const questions = call.reconcile?.tasks?.map((one) => ({
      taskId: one.task_id.value,
      agentId: one.agent_id?.value,
    }));
    reconcile(core, framework, questions ?? []);
  },
  UPDATE_FRAMEWORK: (core, framework, call) => {
    const update = call.update_framework;
    if (update === undefined) return;
    framework.info = { ...update.framework_info, id: { value: framework.id } };
    // The set that is given replaces the one before; filters stay, unlike at REVIVE.
    framework.suppressed.clear();
    for (const role of update.suppressed_roles ?? []) framework.suppressed.add(role);
    core.allocate();
  },
};

function revive(core: Core, framework: Framework, roles: readonly string[] | undefined): void {
  core.counters.add('messages_revive_offers');
  const revived = roles ?? rolesOf(framework.info);
  for (const role of revived) framework.suppressed.delete(role);
  framework.filters = framework.filters.filter(({ role }) => !revived.includes(role));
  core.allocate();
}

function openSubscription(core: Core, request: Request, call: SchedulerCall): void {
  if (request.headers['mesos-stream-id'] !== undefined) {
    throw new CallError(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
  }
  const { subscribe: wish } = call;
  if (wish === undefined) return;
  const stream = eventStream(core.newUuid(), request.response);
  const fault = subscriptionFault(core, wish.framework_info);
  if (fault !== undefined) {
    stream.send({ type: 'ERROR', error: { message: fault } });
    stream.end();
    return;
  }
  const framework = subscribe(core, wish, stream);
  request.response.on('close', () => {
    if (framework.stream?.id === stream.id) disconnectFramework(core, framework);
  });
}

function eventStream(id: string, response: ServerResponse): EventStream {
  response.writeHead(200, {
    'Transfer-Encoding': 'chunked',
    'Mesos-Stream-Id': id,
    'Content-Type': 'application/json',
  });
  response.flushHeaders();
  return {
    id,
    send: (event) => {
      if (!response.writableEnded) response.write(encodeRecord(event));
    },
    end: () => {
      response.end();
    },
  };
}
