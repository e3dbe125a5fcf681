import type { FrameworkInfo, Id, TaskInfo } from '../shared/mesos.ts';
import {
  expecting,
  invalid,
  readCall,
  type CallGrammar,
  type JsonCall,
} from '../shared/mesos-call.ts';
import type { Request } from '../shared/http.ts';

interface Filters {
  readonly refuse_seconds?: number;
}

/** A call that passed Mesos' checks (include/mesos/v1/scheduler/scheduler.proto, 1.11). */
export interface SchedulerCall extends JsonCall {
  readonly framework_id?: Id;
  readonly subscribe?: {
    readonly framework_info: FrameworkInfo;
    readonly suppressed_roles?: readonly string[];
  };
  readonly accept?: {
    readonly offer_ids?: readonly Id[];
    readonly operations?: readonly Operation[];
    readonly filters?: Filters;
  };
  readonly decline?: { readonly offer_ids?: readonly Id[]; readonly filters?: Filters };
  readonly revive?: { readonly roles?: readonly string[] };
  readonly suppress?: { readonly roles?: readonly string[] };
  readonly kill?: {
    readonly task_id: Id;
    readonly agent_id?: Id;
    readonly kill_policy?: { readonly grace_period?: { readonly nanoseconds: number } };
  };
  readonly acknowledge?: { readonly agent_id: Id; readonly task_id: Id; readonly uuid: string };
  readonly reconcile?: {
    readonly tasks?: readonly { readonly task_id: Id; readonly agent_id?: Id }[];
  };
  readonly update_framework?: {
    readonly framework_info: FrameworkInfo;
    readonly suppressed_roles?: readonly string[];
  };
}

interface Operation {
  readonly type: string;
  readonly launch?: { readonly task_infos?: readonly TaskInfo[] };
}

/** Each call with the field that it needs, if it needs one. */
const calls: Readonly<Record<string, string | undefined>> = {
  SUBSCRIBE: 'subscribe',
  TEARDOWN: undefined,
  ACCEPT: 'accept',
  DECLINE: 'decline',
  ACCEPT_INVERSE_OFFERS: 'accept_inverse_offers',
  DECLINE_INVERSE_OFFERS: 'decline_inverse_offers',
  REVIVE: undefined,
  SUPPRESS: undefined,
  KILL: 'kill',
  SHUTDOWN: 'shutdown',
  ACKNOWLEDGE: 'acknowledge',
  ACKNOWLEDGE_OPERATION_STATUS: 'acknowledge_operation_status',
  RECONCILE: 'reconcile',
  RECONCILE_OPERATIONS: 'reconcile_operations',
  MESSAGE: 'message',
  REQUEST: 'request',
  UPDATE_FRAMEWORK: 'update_framework',
};

const callTypes = Object.keys(calls);

const grammar: CallGrammar = {
  name: 'scheduler::Call',
  types: new Set(callTypes),
  required: [
    'subscribe.framework_info',
    'subscribe.framework_info.user',
    'subscribe.framework_info.name',
    'kill.task_id',
    'acknowledge.agent_id',
    'acknowledge.task_id',
    'acknowledge.uuid',
    'reconcile.tasks.task_id',
    'accept.operations.launch.task_infos.name',
    'accept.operations.launch.task_infos.task_id',
    'accept.operations.launch.task_infos.agent_id',
  ],
};

export function readSchedulerCall(request: Request): SchedulerCall {
  const call = readCall(request, grammar) as SchedulerCall;
  if (call.type === 'SUBSCRIBE') {
    checkSubscribe(call);
    return call;
  }
  if (call.framework_id === undefined) throw expecting(grammar, 'framework_id');
  const field = calls[call.type];
  if (field !== undefined && call[field] === undefined) throw expecting(grammar, field);
  if (call.acknowledge !== undefined) checkUuid(call.acknowledge.uuid);
  return call;
}

function checkSubscribe(call: SchedulerCall): void {
  if (call.subscribe === undefined) throw expecting(grammar, 'subscribe');
  if (call.framework_id?.value !== call.subscribe.framework_info.id?.value) {
    throw invalid(grammar, "'framework_id' differs from 'subscribe.framework_info.id'");
  }
}

function checkUuid(base64: string): void {
  const bytes = Buffer.from(base64, 'base64');
  const isNil = bytes.every((byte) => byte === 0);
  if (bytes.length !== 16 || isNil) throw invalid(grammar, 'Not a valid UUID');
}
