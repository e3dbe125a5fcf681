import { nanoseconds, type Resource } from '../shared/mesos.ts';
import { toResources } from '../shared/resources.ts';
import type { Core } from './core.ts';
import { v1Task } from './render-tasks.ts';
import { weightOf } from './weights.ts';
import { isActive, rolesOf, taskAmounts, usedOn, type Agent, type Framework } from './state.ts';

export function getAgents(core: Core): object {
  return {
    agents: [...core.state.agents.values()].map((agent) => v1Agent(core, agent)),
    recovered_agents: [...core.state.recoveredAgents.values()],
  };
}

export function v1Agent(core: Core, agent: Agent): object {
  return {
    agent_info: agent.info,
    active: isActive(core.state, agent),
    deactivated: core.state.deactivated.has(agent.id),
    ...drainFields(core, agent),
    version: agent.version,
    pid: agent.pid,
    registered_time: nanoseconds(agent.registeredMs),
    ...(agent.reregisteredMs === undefined
      ? {}
      : { reregistered_time: nanoseconds(agent.reregisteredMs) }),
    total_resources: agent.info.resources.map((one) => ({ ...one, role: '*' })),
    ...nonEmpty('allocated_resources', toResources(usedOn(core.state, agent.id), '*')),
    capabilities: agent.capabilities.map((type) => ({ type })),
  };
}

/** The start of a drain is told in whole seconds here (1.12.0). */
function drainFields({ state }: Core, { id }: Agent): object {
  const drain = state.draining.get(id);
  if (drain === undefined) return {};
  const { info, startedMs } = drain;
  if (startedMs === undefined) return { drain_info: info };
  const estimated = nanoseconds(Math.floor(startedMs / 1000) * 1000);
  return { drain_info: info, estimated_drain_start_time: estimated };
}

/** Protobuf leaves out a list that has nothing in it. */
function nonEmpty(name: string, resources: readonly Resource[]): object {
  return resources.length === 0 ? {} : { [name]: resources };
}

export function getFrameworks(core: Core): object {
  return {
    frameworks: [...core.state.frameworks.values()].map(v1Framework),
    completed_frameworks: core.state.completedFrameworks.map(v1Framework),
  };
}

export function v1Framework(framework: Framework): object {
  const held = toResources(
    taskAmounts(framework.tasks.values()),
    rolesOf(framework.info)[0] ?? '*',
  );
  return {
    framework_info: framework.info,
    active: framework.active,
    connected: framework.connected,
    recovered: framework.recovered,
    ...registrationTimes(framework),
    ...(framework.unregisteredMs === undefined
      ? {}
      : { unregistered_time: nanoseconds(framework.unregisteredMs) }),
    ...nonEmpty('allocated_resources', held),
    offer_constraints: {},
  };
}

/** None as long as a framework is known from its agents only. */
function registrationTimes({ registeredMs, reregisteredMs }: Framework): object {
  if (registeredMs === 0) return {};
  return {
    registered_time: nanoseconds(registeredMs),
    reregistered_time: nanoseconds(reregisteredMs ?? registeredMs),
  };
}

export function getTasks(core: Core): object {
  const { frameworks, completedFrameworks } = core.state;
  const all = [...frameworks.values(), ...completedFrameworks];
  return {
    tasks: all.flatMap(({ tasks }) => [...tasks.values()].map(v1Task)),
    unreachable_tasks: all.flatMap(({ unreachableTasks }) =>
      [...unreachableTasks.values()].map(v1Task),
    ),
    completed_tasks: all.flatMap(({ completedTasks }) => completedTasks.map(v1Task)),
  };
}

export function getState(core: Core): object {
  return {
    get_tasks: getTasks(core),
    get_executors: { executors: [] },
    get_frameworks: getFrameworks(core),
    get_agents: getAgents(core),
  };
}

export function getRoles(core: Core): object {
  return { roles: roles(core).map((role) => v1Role(core, role)) };
}

function v1Role(core: Core, role: RoleUse): object {
  return {
    name: role.name,
    weight: weightOf(core, role.name),
    frameworks: role.frameworks.map(({ id }) => ({ value: id })),
    ...nonEmpty('resources', withoutRole(role)),
  };
}

function withoutRole({ frameworks }: RoleUse): Resource[] {
  const tasks = frameworks.flatMap((one) => [...one.tasks.values()]);
  return toResources(taskAmounts(tasks)).map((one) => ({
    name: one.name,
    type: one.type,
    ...(one.scalar === undefined ? {} : { scalar: one.scalar }),
    ...(one.ranges === undefined ? {} : { ranges: one.ranges }),
  }));
}

export interface RoleUse {
  readonly name: string;
  readonly frameworks: readonly Framework[];
}

/** Roles exist by being used. */
export function roles(core: Core): RoleUse[] {
  const frameworks = [...core.state.frameworks.values()];
  const names = new Set(frameworks.flatMap(({ info }) => rolesOf(info)));
  return [...names].map((name) => ({
    name,
    frameworks: frameworks.filter(({ info }) => rolesOf(info).includes(name)),
  }));
}
