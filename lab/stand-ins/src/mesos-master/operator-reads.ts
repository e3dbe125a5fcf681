import { buildFields } from '../shared/build.ts';
import { seconds } from '../shared/mesos.ts';
import type { Core } from './core.ts';
import { maintenanceSchedule, maintenanceStatus } from './maintenance.ts';
import { quotaStatus } from './quota.ts';
import type { MasterFacts } from './render-state.ts';
import { getAgents, getFrameworks, getRoles, getState, getTasks } from './render-v1.ts';

/** What an answer may need besides the cluster's state. */
export interface OperatorContext {
  readonly core: Core;
  readonly facts: MasterFacts;
  readonly metrics: () => Promise<Record<string, number>>;
}

/** Calls that only look, with what their answer carries under their own name in lower case. */
export const operatorReads: Readonly<Record<string, (context: OperatorContext) => object>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_VERSION: () => ({ version_info: buildFields }),
  GET_FLAGS: ({ facts }) => ({ flags: flagList(facts.flags) }),
  GET_LOGGING_LEVEL: ({ core }) => ({ level: core.logging.level }),
  GET_STATE: ({ core }) => getState(core),
  GET_AGENTS: ({ core }) => getAgents(core),
  GET_FRAMEWORKS: ({ core }) => getFrameworks(core),
  GET_EXECUTORS: () => ({ executors: [] }),
  GET_OPERATIONS: () => ({}),
  GET_TASKS: ({ core }) => getTasks(core),
  GET_ROLES: ({ core }) => getRoles(core),
  GET_QUOTA: ({ core }) => ({ status: quotaStatus(core) }),
  GET_MAINTENANCE_STATUS: ({ core }) => ({ status: maintenanceStatus(core) }),
  GET_MAINTENANCE_SCHEDULE: ({ core }) => ({ schedule: maintenanceSchedule(core) }),
  GET_MASTER: ({ core, facts }) => ({
    master_info: core.info,
    start_time: seconds(facts.startMs),
    elected_time: seconds(facts.electedMs),
  }),
};

function flagList(flags: Readonly<Record<string, string>>): object[] {
  return Object.entries(flags).map(([name, value]) => ({ name, value }));
}
