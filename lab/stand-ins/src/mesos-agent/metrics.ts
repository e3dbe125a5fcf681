import { amountsOf, scalar } from '../shared/resources.ts';
import { systemMetrics } from '../shared/system-metrics.ts';
import type { Agent } from './agent.ts';
import type { FetchCounts } from './preparation.ts';
import { used } from './render.ts';
import type { Tasks } from './tasks.ts';

/** Keys of 1.12.0 that this stand-in never moves. */
const zeros = [
  'containerizer/mesos/container_destroy_errors',
  'slave/container_launch_errors',
  'slave/executors_preempted',
  'slave/executors_terminating',
  'slave/invalid_framework_messages',
  'slave/invalid_status_updates',
  'slave/recovery_errors',
  'slave/tasks_gone',
  'slave/valid_framework_messages',
];

export interface AgentMetricSources {
  readonly agent: Agent;
  readonly tasks: Tasks;
  readonly fetches: FetchCounts;
  readonly nowMs: number;
  readonly recoveryMs: number;
}

/** `slave/registered` says no more than that a master was detected (observed with 1.12.0). */
export function renderMetrics(sources: AgentMetricSources): Record<string, number> {
  const { agent, tasks, nowMs, recoveryMs } = sources;
  const live = [...tasks.runs.values()];
  const states = (state: string) =>
    [...live, ...tasks.completed].filter((run) => run.state === `TASK_${state}`).length;
  const counted = [
    'staging',
    'starting',
    'running',
    'killing',
    'finished',
    'failed',
    'killed',
    'lost',
  ];
  return {
    ...Object.fromEntries(zeros.map((name) => [name, 0])),
    ...Object.fromEntries(
      counted.map((state) => [`slave/tasks_${state}`, states(state.toUpperCase())]),
    ),
    ...resourceGauges(agent, tasks),
    ...garbageGauges(tasks),
    'containerizer/fetcher/task_fetches_failed': sources.fetches.failed,
    'containerizer/fetcher/task_fetches_succeeded': sources.fetches.succeeded,
    'slave/registered': Number(agent.leader !== undefined),
    'slave/uptime_secs': (nowMs - agent.startMs) / 1000,
    'slave/recovery_time_secs': recoveryMs / 1000,
    'slave/executors_registering': states('STAGING'),
    'slave/executors_running': live.length - states('STAGING'),
    'slave/executors_terminated': tasks.completed.length,
    'slave/frameworks_active': new Set(live.map(({ framework }) => framework.id?.value)).size,
    'slave/valid_status_updates': live.reduce((sum, { statuses }) => sum + statuses.length, 0),
    ...systemMetrics(),
  };
}

function garbageGauges({ garbage }: Tasks): Record<string, number> {
  return {
    'gc/path_removals_failed': garbage.failed,
    'gc/path_removals_pending': garbage.pending,
    'gc/path_removals_succeeded': garbage.succeeded,
  };
}

function resourceGauges(agent: Agent, tasks: Tasks): Record<string, number> {
  const total = amountsOf(agent.info.resources);
  const taken = used(tasks);
  const gauges = ['cpus', 'mem', 'disk', 'gpus'].flatMap((name): [string, number][] => {
    const all = scalar(total, name);
    const some = scalar(taken, name);
    return [
      [`slave/${name}_total`, all],
      [`slave/${name}_used`, some],
      [`slave/${name}_percent`, all === 0 ? 0 : some / all],
      ...['percent', 'total', 'used'].map((part): [string, number] => [
        `slave/${name}_revocable_${part}`,
        0,
      ]),
    ];
  });
  return Object.fromEntries(gauges);
}
