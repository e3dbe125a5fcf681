import { amountsOf, nothing, plus, scalar, type Amounts } from '../shared/resources.ts';
import { systemMetrics } from '../shared/system-metrics.ts';
import type { Core } from './core.ts';
import { allocatorMetrics, merged } from './allocator-metrics.ts';
import { frameworkMetrics } from './framework-metrics.ts';
import { zeroMetrics } from './metric-names.ts';
import type { Framework } from './state.ts';
import { isActive, taskAmounts } from './state.ts';
import type { Timing } from './timing.ts';

interface LogGauges {
  readonly ensembleSize: number;
  readonly recovered: boolean;
}

interface RegistrarGauges {
  readonly queuedOperations: number;
  readonly fetchMs: number;
  readonly storeTime: Timing;
}

export interface MetricSources {
  /** Nothing under `master/` exists before the process is a contender. */
  readonly core: Core | undefined;
  readonly elected: boolean;
  readonly recovered: boolean;
  readonly startMs: number;
  readonly log: LogGauges | undefined;
  readonly registrar: RegistrarGauges | undefined;
}

/** `/metrics/snapshot`. */
export function renderMetrics(sources: MetricSources): Record<string, number> {
  return {
    ...(sources.core === undefined
      ? {}
      : { ...masterMetrics(sources.core, sources), ...allocatorMetrics(sources.core) }),
    ...logMetrics(sources),
    ...systemMetrics(),
  };
}

function logMetrics({ log, registrar, core, recovered }: MetricSources): Record<string, number> {
  return {
    ...(log === undefined
      ? {}
      : {
          'registrar/log/ensemble_size': log.ensembleSize,
          'registrar/log/recovered': Number(log.recovered),
        }),
    'registrar/queued_operations': registrar?.queuedOperations ?? 0,
    ...(recovered && core !== undefined ? registryMetrics(core, registrar) : {}),
  };
}

/** Only who has read the registry knows its size (1.12.0). */
function registryMetrics(core: Core, registrar: RegistrarGauges | undefined) {
  return {
    'registrar/registry_size_bytes': JSON.stringify(core.registrar.registry).length,
    'registrar/state_fetch_ms': registrar?.fetchMs ?? 0,
    ...registrar?.storeTime.metrics('registrar/state_store_ms'),
  };
}

function masterMetrics(core: Core, sources: MetricSources): Record<string, number> {
  return {
    ...zeroMetrics,
    ...counted(core),
    'master/elected': Number(sources.elected),
    'master/uptime_secs': (core.clock.now() - sources.startMs) / 1000,
    'master/outstanding_offers': core.state.offers.size,
    ...agentGauges(core),
    ...frameworkGauges(core),
    ...taskGauges(core),
    ...resourceGauges(core),
    ...merged(allFrameworks(core).map((framework) => frameworkMetrics(core, framework))),
  };
}

function allFrameworks({ state }: Core): Framework[] {
  return [...state.frameworks.values(), ...state.completedFrameworks];
}

function counted(core: Core): Record<string, number> {
  return Object.fromEntries(
    [...core.counters.entries()]
      .filter(([name]) => !name.startsWith('frameworks/') && name !== 'allocation_runs')
      .map(([name, value]) => [`master/${name}`, value]),
  );
}

function agentGauges({ state }: Core): Record<string, number> {
  const agents = [...state.agents.values()];
  return {
    'master/slaves_active': agents.filter((agent) => isActive(state, agent)).length,
    'master/slaves_inactive': agents.filter((agent) => !isActive(state, agent)).length,
    'master/slaves_connected': agents.filter(({ connected }) => connected).length,
    'master/slaves_disconnected': agents.filter(({ connected }) => !connected).length,
    'master/slaves_unreachable': state.unreachableAgents.size,
  };
}

/** A disconnected framework counts in both *disconnected* and *inactive* (observed with 1.12.0). */
function frameworkGauges({ state }: Core): Record<string, number> {
  const frameworks = [...state.frameworks.values()];
  return {
    'master/frameworks_active': frameworks.filter(({ active }) => active).length,
    'master/frameworks_inactive': frameworks.filter(({ active }) => !active).length,
    'master/frameworks_connected': frameworks.filter(({ connected }) => connected).length,
    'master/frameworks_disconnected': frameworks.filter(({ connected }) => !connected).length,
  };
}

const gaugedStates = ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'];

function taskGauges({ state }: Core): Record<string, number> {
  const frameworks = [...state.frameworks.values()];
  const tasks = frameworks.flatMap((framework) => [...framework.tasks.values()]);
  const gauges = gaugedStates.map((name): [string, number] => [
    `master/${name.toLowerCase().replace('task', 'tasks')}`,
    tasks.filter((task) => task.state === name).length,
  ]);
  const unreachable = frameworks
    .flatMap((framework) => [...framework.unreachableTasks.values()])
    .filter(({ state: latest }) => latest === 'TASK_UNREACHABLE').length;
  return { ...Object.fromEntries(gauges), 'master/tasks_unreachable': unreachable };
}

function resourceGauges({ state }: Core): Record<string, number> {
  const sum = (amounts: Iterable<Amounts>) => [...amounts].reduce(plus, nothing);
  const total = sum([...state.agents.values()].map(({ info }) => amountsOf(info.resources)));
  const frameworks = [...state.frameworks.values()];
  const used = sum(frameworks.map(({ tasks }) => taskAmounts(tasks.values())));
  const gauges = ['cpus', 'mem', 'disk', 'gpus'].map((name) => {
    const all = scalar(total, name);
    return {
      [`master/${name}_total`]: all,
      [`master/${name}_used`]: scalar(used, name),
      [`master/${name}_percent`]: all === 0 ? 0 : scalar(used, name) / all,
    };
  });
  return merged(gauges);
}
