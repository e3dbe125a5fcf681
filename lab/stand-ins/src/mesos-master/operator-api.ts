import { empty, json, type Answer, type Request } from '../shared/http.ts';
import { CallError, expecting, readCall } from '../shared/mesos-call.ts';
import type { CallGrammar, JsonCall } from '../shared/mesos-call.ts';
import { operatorChanges } from './operator-changes.ts';
import { streamEvents } from './operator-events.ts';
import { operatorReads, type OperatorContext } from './operator-reads.ts';
import { weightInfos } from './weights.ts';

/** Calls of Mesos 1.12 that this stand-in does not answer: reservations, volumes, files, the old quota calls. */
const notAnswered = [
  ...['LIST_FILES', 'READ_FILE', 'SET_QUOTA', 'REMOVE_QUOTA'],
  ...['RESERVE_RESOURCES', 'UNRESERVE_RESOURCES', 'CREATE_VOLUMES', 'DESTROY_VOLUMES'],
  ...['GROW_VOLUME', 'SHRINK_VOLUME'],
];

/** Calls with nothing but a type. */
const bare: ReadonlySet<string> = new Set([
  ...Object.keys(operatorReads),
  'GET_WEIGHTS',
  'SUBSCRIBE',
]);

const grammar: CallGrammar = {
  name: 'master::Call',
  types: new Set([...bare, 'GET_METRICS', ...Object.keys(operatorChanges), ...notAnswered]),
  required: [
    'teardown.framework_id',
    ...['deactivate_agent', 'reactivate_agent', 'drain_agent', 'mark_agent_gone'].flatMap(
      (call) => [`${call}.agent_id`, `${call}.agent_id.value`],
    ),
    'update_maintenance_schedule.schedule',
    'update_maintenance_schedule.schedule.windows.unavailability',
    'update_maintenance_schedule.schedule.windows.unavailability.start',
    'set_logging_level.level',
    'set_logging_level.duration',
    'update_weights.weight_infos.weight',
    'update_quota.quota_configs.role',
  ],
};

/** `POST /api/v1` on a leader that has recovered. `undefined`: the answer is a stream. */
export async function operatorApi(
  context: OperatorContext,
  request: Request,
): Promise<Answer | undefined> {
  try {
    return await answerCall(context, request, readCall(request, grammar));
  } catch (fault) {
    if (fault instanceof CallError) return fault.answer;
    throw fault;
  }
}

async function answerCall(
  context: OperatorContext,
  request: Request,
  call: JsonCall,
): Promise<Answer | undefined> {
  const { core } = context;
  const field = call.type.toLowerCase();
  if (!bare.has(call.type) && call[field] === undefined) throw expecting(grammar, field);
  const read = operatorReads[call.type];
  if (read !== undefined) return json({ type: call.type, [field]: read(context) });
  if (call.type === 'GET_WEIGHTS') return json(weights(context));
  if (call.type === 'GET_METRICS') return json(await metrics(context));
  if (call.type === 'SUBSCRIBE') {
    streamEvents(core, request);
    return undefined;
  }
  const change = operatorChanges[call.type];
  if (change === undefined) throw new CallError(501, `${call.type} is not supported`);
  await change(core, call);
  return empty(200);
}

/** Protobuf writes nothing at all for an answer without weights. */
function weights({ core }: OperatorContext): object {
  const infos = weightInfos(core);
  const type = 'GET_WEIGHTS';
  return infos.length === 0 ? { type } : { type, get_weights: { weight_infos: infos } };
}

async function metrics({ metrics: read }: OperatorContext): Promise<object> {
  const values = Object.entries(await read()).map(([name, value]) => ({ name, value }));
  return { type: 'GET_METRICS', get_metrics: { metrics: values } };
}
