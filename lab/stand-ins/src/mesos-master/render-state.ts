import { buildFields } from '../shared/build.ts';
import { seconds } from '../shared/mesos.ts';
import { amountsOf, attributesSummary, toResources, toSummary } from '../shared/resources.ts';
import type { Core } from './core.ts';
import { allTasks, countStates, legacyTask } from './render-tasks.ts';
import { isActive, offeredAmounts, offeredOn, rolesOf } from './state.ts';
import { taskAmounts, tasksOn, usedOn } from './state.ts';
import type { Agent, Framework, OpenOffer } from './state.ts';

export interface MasterFacts {
  readonly flags: Readonly<Record<string, string>>;
  readonly cluster: string | undefined;
  readonly startMs: number;
  readonly electedMs: number;
}

/** `/state`, with the fields of 1.12.0. */
export function renderState(core: Core, facts: MasterFacts): object {
  const { info, state } = core;
  const agents = [...state.agents.values()];
  return {
    ...buildFields,
    start_time: seconds(facts.startMs),
    elected_time: seconds(facts.electedMs),
    id: info.id,
    pid: info.pid,
    hostname: info.hostname,
    capabilities: info.capabilities.map(({ type }) => type),
    activated_slaves: agents.filter((agent) => isActive(state, agent)).length,
    deactivated_slaves: agents.filter((agent) => !isActive(state, agent)).length,
    unreachable_slaves: state.unreachableAgents.size,
    leader: info.pid,
    leader_info: { id: info.id, pid: info.pid, port: info.port, hostname: info.hostname },
    ...clusterField(facts),
    flags: facts.flags,
    slaves: agents.map((agent) => legacyAgent(core, agent)),
    recovered_slaves: recoveredAgents(core),
    frameworks: [...state.frameworks.values()].map((one) => legacyFramework(core, one)),
    completed_frameworks: state.completedFrameworks.map((one) => legacyFramework(core, one)),
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

function clusterField({ cluster }: MasterFacts): object {
  return cluster === undefined ? {} : { cluster };
}

export function renderSummary(core: Core, facts: MasterFacts): object {
  const frameworks = [...core.state.frameworks.values()];
  return {
    hostname: core.info.hostname,
    ...clusterField(facts),
    slaves: [...core.state.agents.values()].map((agent) => summarizeAgent(core, agent)),
    frameworks: frameworks.map((framework) => ({
      ...frameworkSummary(core, framework),
      ...countStates(allTasks(framework)),
      slave_ids: unique(allTasks(framework).map(({ info }) => info.agent_id.value)),
    })),
  };
}

function summarizeAgent(core: Core, agent: Agent): object {
  const tasks = tasksOn(core.state, agent.id);
  // Tasks of completed frameworks count no more (1.12.0).
  const ended = [...core.state.frameworks.values()]
    .flatMap(({ completedTasks }) => completedTasks)
    .filter(({ info }) => info.agent_id.value === agent.id);
  return {
    ...legacyAgent(core, agent),
    ...countStates([...tasks, ...ended]),
    framework_ids: unique(tasks.map(({ frameworkId }) => frameworkId)),
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

export function renderSlaves(core: Core): object {
  return {
    slaves: [...core.state.agents.values()].map((agent) => ({
      ...legacyAgent(core, agent),
      ...fullResources(core, agent),
    })),
    recovered_slaves: recoveredAgents(core),
  };
}

function fullResources(core: Core, agent: Agent): object {
  const tasks = tasksOn(core.state, agent.id);
  const role = tasks[0]?.role ?? '*';
  return {
    reserved_resources_full: {},
    unreserved_resources_full: toResources(amountsOf(agent.info.resources)),
    used_resources_full: toResources(usedOn(core.state, agent.id), role),
    offered_resources_full: toResources(offeredOn(core.state, agent.id), role),
  };
}

function legacyAgent(core: Core, agent: Agent): object {
  const total = toSummary(amountsOf(agent.info.resources));
  return {
    id: agent.id,
    hostname: agent.info.hostname,
    port: agent.info.port,
    attributes: attributesSummary(agent.info.attributes),
    pid: agent.pid,
    registered_time: seconds(agent.registeredMs),
    ...(agent.reregisteredMs === undefined
      ? {}
      : { reregistered_time: seconds(agent.reregisteredMs) }),
    resources: total,
    used_resources: toSummary(usedOn(core.state, agent.id)),
    offered_resources: toSummary(offeredOn(core.state, agent.id)),
    reserved_resources: {},
    unreserved_resources: total,
    active: isActive(core.state, agent),
    deactivated: core.state.deactivated.has(agent.id),
    ...drainFields(core, agent),
    version: agent.version,
    capabilities: agent.capabilities,
  };
}

function drainFields({ state }: Core, { id }: Agent): object {
  const drain = state.draining.get(id);
  if (drain === undefined) return {};
  const { info, startedMs } = drain;
  if (startedMs === undefined) return { drain_info: info };
  return { drain_info: info, estimated_drain_start_time_seconds: seconds(startedMs) };
}

function recoveredAgents(core: Core): object[] {
  return [...core.state.recoveredAgents.values()].map((info) => ({
    id: info.id?.value,
    hostname: info.hostname,
    port: info.port,
    attributes: attributesSummary(info.attributes),
  }));
}

export function renderFrameworks(core: Core): object {
  return {
    frameworks: [...core.state.frameworks.values()].map((one) => legacyFramework(core, one)),
    completed_frameworks: core.state.completedFrameworks.map((one) => legacyFramework(core, one)),
    unregistered_frameworks: [],
  };
}

function frameworkSummary(core: Core, framework: Framework): object {
  const { info } = framework;
  const offers = [...core.state.offers.values()].filter((one) => one.frameworkId === framework.id);
  return {
    id: framework.id,
    name: info.name,
    used_resources: toSummary(taskAmounts(framework.tasks.values())),
    offered_resources: toSummary(offeredAmounts(offers)),
    capabilities: info.capabilities?.map(({ type }) => type) ?? [],
    hostname: info.hostname ?? '',
    webui_url: info.webui_url ?? '',
    active: framework.active,
    connected: framework.connected,
    recovered: framework.recovered,
  };
}

function legacyFramework(core: Core, framework: Framework): object {
  const { info } = framework;
  const offers = [...core.state.offers.values()].filter((one) => one.frameworkId === framework.id);
  const held = taskAmounts(framework.tasks.values());
  return {
    ...frameworkSummary(core, framework),
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    registered_time: seconds(framework.registeredMs),
    unregistered_time: seconds(framework.unregisteredMs ?? 0),
    resources: toSummary(held),
    ...(framework.reregisteredMs === undefined
      ? {}
      : { reregistered_time: seconds(framework.reregisteredMs) }),
    ...(info.principal === undefined ? {} : { principal: info.principal }),
    ...(info.roles === undefined ? { role: info.role ?? '*' } : { roles: rolesOf(info) }),
    tasks: [...framework.tasks.values()].map(legacyTask),
    unreachable_tasks: [...framework.unreachableTasks.values()].map(legacyTask),
    completed_tasks: framework.completedTasks.map(legacyTask),
    offers: offers.map(legacyOffer),
    executors: [],
    offer_constraints: {},
  };
}

function legacyOffer({ offer, amounts }: OpenOffer): object {
  return {
    id: offer.id.value,
    framework_id: offer.framework_id.value,
    allocation_info: offer.allocation_info,
    slave_id: offer.agent_id.value,
    resources: toSummary(amounts),
  };
}
