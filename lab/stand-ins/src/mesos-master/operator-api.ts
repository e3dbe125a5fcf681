import { empty, json, type Answer, type Request } from '../shared/http.ts';
import { buildFields, seconds } from '../shared/mesos.ts';
import { CallError, expecting, readCall } from '../shared/mesos-call.ts';
import type { CallGrammar, JsonCall } from '../shared/mesos-call.ts';
import { setDeactivated } from './agents.ts';
import type { Core } from './core.ts';
import { removeFramework } from './frameworks.ts';
import type { MasterFacts } from './render-state.ts';
import { getAgents, getFrameworks, getRoles, getState, getTasks } from './render-v1.ts';

/** What an answer may need besides the cluster's state. */
export interface OperatorContext {
  readonly core: Core;
  readonly facts: MasterFacts;
  readonly metrics: () => Promise<Record<string, number>>;
}

type CallHandler = (context: OperatorContext, call: JsonCall) => Answer | Promise<Answer>;

const reads: Readonly<Record<string, (context: OperatorContext) => object>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_VERSION: () => ({ version_info: buildFields }),
  GET_FLAGS: ({ facts }) => ({ flags: flagList(facts.flags) }),
  GET_LOGGING_LEVEL: () => ({ level: 0 }),
  GET_STATE: ({ core }) => getState(core),
  GET_AGENTS: ({ core }) => getAgents(core),
  GET_FRAMEWORKS: ({ core }) => getFrameworks(core),
  GET_EXECUTORS: () => ({ executors: [] }),
  GET_OPERATIONS: () => ({}),
  GET_TASKS: ({ core }) => getTasks(core),
  GET_ROLES: ({ core }) => getRoles(core),
  GET_QUOTA: () => ({ status: {} }),
  GET_MAINTENANCE_STATUS: () => ({ status: {} }),
  GET_MAINTENANCE_SCHEDULE: () => ({ schedule: {} }),
  GET_MASTER: ({ core, facts }) => ({
    master_info: core.info,
    start_time: seconds(facts.startMs),
    elected_time: seconds(facts.electedMs),
  }),
};

const changes: Readonly<Record<string, CallHandler>> = {
  // Protobuf writes nothing at all for an answer without weights.
  GET_WEIGHTS: () => json({ type: 'GET_WEIGHTS' }),
  GET_METRICS: getMetrics,
  TEARDOWN: ({ core }, call) => {
    const { framework_id: id } = (call['teardown'] ?? {}) as { framework_id?: { value: string } };
    return teardown(core, id?.value);
  },
  DEACTIVATE_AGENT: (context, call) => changeActivity(context.core, call, true),
  REACTIVATE_AGENT: (context, call) => changeActivity(context.core, call, false),
};

/** Calls of Mesos 1.12 that this stand-in does not answer yet. */
const notAnswered = [
  ...['LIST_FILES', 'READ_FILE', 'SET_LOGGING_LEVEL', 'SUBSCRIBE', 'UPDATE_WEIGHTS'],
  ...['UPDATE_QUOTA', 'SET_QUOTA', 'REMOVE_QUOTA', 'RESERVE_RESOURCES', 'UNRESERVE_RESOURCES'],
  ...['CREATE_VOLUMES', 'DESTROY_VOLUMES', 'GROW_VOLUME', 'SHRINK_VOLUME'],
  ...['UPDATE_MAINTENANCE_SCHEDULE', 'START_MAINTENANCE', 'STOP_MAINTENANCE'],
  ...['DRAIN_AGENT', 'MARK_AGENT_GONE'],
];

const grammar: CallGrammar = {
  name: 'master::Call',
  types: new Set([...Object.keys(reads), ...Object.keys(changes), ...notAnswered]),
  required: [
    'teardown.framework_id',
    'deactivate_agent.agent_id',
    'reactivate_agent.agent_id',
    'drain_agent.agent_id',
    'mark_agent_gone.agent_id',
  ],
};

/** `POST /api/v1` on a leader that has recovered. */
export async function operatorApi(context: OperatorContext, request: Request): Promise<Answer> {
  try {
    const call = readCall(request, grammar);
    const read = reads[call.type];
    if (read !== undefined) {
      return json({ type: call.type, [call.type.toLowerCase()]: read(context) });
    }
    const field = call.type.toLowerCase();
    if (call.type !== 'GET_WEIGHTS' && call[field] === undefined) throw expecting(grammar, field);
    const change = changes[call.type];
    if (change === undefined) throw new CallError(501, `${call.type} is not supported`);
    return await change(context, call);
  } catch (fault) {
    if (fault instanceof CallError) return fault.answer;
    throw fault;
  }
}

function flagList(flags: Readonly<Record<string, string>>): object[] {
  return Object.entries(flags).map(([name, value]) => ({ name, value }));
}

async function getMetrics({ metrics }: OperatorContext): Promise<Answer> {
  const values = Object.entries(await metrics()).map(([name, value]) => ({ name, value }));
  return json({ type: 'GET_METRICS', get_metrics: { metrics: values } });
}

export function teardown(core: Core, frameworkId: string | undefined): Answer {
  const framework = core.state.frameworks.get(frameworkId ?? '');
  if (framework === undefined) {
    throw new CallError(400, 'No framework found with specified ID');
  }
  removeFramework(core, framework);
  return empty(200);
}

async function changeActivity(core: Core, call: JsonCall, deactivated: boolean): Promise<Answer> {
  const body = call[call.type.toLowerCase()] as { agent_id: { value: string } };
  const agent = core.state.agents.get(body.agent_id.value);
  if (agent === undefined) throw new CallError(400, 'Unknown agent');
  if (!deactivated && !agent.deactivated) {
    throw new CallError(400, 'Agent is not deactivated');
  }
  await setDeactivated(core, agent, deactivated);
  return empty(200);
}
