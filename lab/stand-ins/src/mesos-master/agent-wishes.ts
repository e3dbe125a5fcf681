import { CallError } from '../shared/mesos-call.ts';
import { markGone } from './agent-loss.ts';
import type { Core } from './core.ts';
import { rescindWhere } from './offers.ts';
import { asDeactivated, asDrained, asDraining, asReactivated } from './registry.ts';
import type { DrainConfig } from './registry.ts';
import { tasksOn, type Agent, type ClusterState } from './state.ts';

function isKnown(state: ClusterState, id: string): boolean {
  return state.agents.has(id) || state.recoveredAgents.has(id) || state.unreachableAgents.has(id);
}

function refuseUnknown(state: ClusterState, id: string): void {
  if (!isKnown(state, id)) throw new CallError(400, 'Unknown agent');
}

/** No further offers from it; its tasks run on. */
export async function deactivateAgent(core: Core, id: string): Promise<void> {
  refuseUnknown(core.state, id);
  await core.registrar.update((registry) => asDeactivated(registry, id));
  stopOffering(core, id);
}

function stopOffering(core: Core, id: string): void {
  core.state.deactivated.add(id);
  rescindWhere(core, (open) => open.agentId === id);
}

/** No further offers, and its tasks end. A second call overwrites the first and looks again whether all is done. */
export async function drainAgent(core: Core, id: string, config: DrainConfig): Promise<void> {
  refuseUnknown(core.state, id);
  await core.registrar.update((registry) => asDraining(registry, id, config));
  stopOffering(core, id);
  core.state.draining.set(id, { info: { state: 'DRAINING', config }, startedMs: undefined });
  await continueDrain(core, id);
}

/** On the operator's word, and whenever a draining agent registers. */
export async function continueDrain(core: Core, id: string): Promise<void> {
  const drain = core.state.draining.get(id);
  const agent = core.state.agents.get(id);
  if (drain?.info.state !== 'DRAINING' || agent?.link === undefined) return;
  const { max_grace_period: grace, mark_gone } = drain.info.config;
  agent.link.send({
    kind: 'drain',
    mark_gone,
    ...(grace === undefined ? {} : { max_grace_period_ms: grace.nanoseconds / 1e6 }),
  });
  core.state.draining.set(id, { ...drain, startedMs: core.clock.now() });
  await checkDrained(core, id);
}

/**
 * Called after DRAIN_AGENT, after a draining agent's registration and after an acknowledgement, and nowhere else:
 * tasks that go with their framework do not finish a drain (1.12.0; only asking again does).
 */
export async function checkDrained(core: Core, id: string): Promise<void> {
  const drain = core.state.draining.get(id);
  const agent = core.state.agents.get(id);
  if (drain?.info.state !== 'DRAINING' || agent === undefined || hasTasks(core, agent)) return;
  if (drain.info.config.mark_gone) {
    await markGone(core, id);
    return;
  }
  await core.registrar.update((registry) => asDrained(registry, id));
  core.state.draining.set(id, { ...drain, info: { ...drain.info, state: 'DRAINED' } });
}

/** A task that ended counts until its framework has acknowledged that. */
function hasTasks(core: Core, agent: Agent): boolean {
  return tasksOn(core.state, agent.id).length > 0;
}

export async function reactivateAgent(core: Core, id: string): Promise<void> {
  const { state } = core;
  if (!state.deactivated.has(id)) throw new CallError(400, 'Agent is not deactivated');
  if (state.draining.get(id)?.info.state === 'DRAINING') {
    throw new CallError(400, 'Agent is still in the DRAINING state');
  }
  await core.registrar.update((registry) => asReactivated(registry, id));
  state.deactivated.delete(id);
  state.draining.delete(id);
  core.allocate();
}

/** MARK_AGENT_GONE; saying it twice is no fault. */
export async function removeForever(core: Core, id: string): Promise<void> {
  if (core.registrar.registry.gone.some((one) => one.id === id)) return;
  if (!isKnown(core.state, id)) throw new CallError(404, `Agent '${id}' not found`);
  await markGone(core, id);
}
