import type { Clock } from '../shared/clock.ts';
import type { TaskStatus } from '../shared/mesos.ts';
import type { Drain } from './drain.ts';
import type { Executor } from './executor.ts';
import { HealthChecks } from './health/health-checks.ts';
import { healthProbe } from './health/probe.ts';
import { Kills } from './kills.ts';
import type { ReportParts } from './reports.ts';
import type { TaskRun } from './task-run.ts';
import { Updates } from './updates.ts';

export interface TaskPartsOptions {
  readonly clock: Clock;
  readonly drain: Drain;
  readonly agentId: () => string;
  readonly send: (run: TaskRun, status: TaskStatus) => void;
  readonly executorOf: (run: TaskRun) => Executor | undefined;
  readonly save: (run: TaskRun) => void;
  readonly complete: (run: TaskRun) => void;
  readonly kill: (run: TaskRun) => void;
  readonly onEnded: (run: TaskRun) => void;
}

/** Updates, kills and health checks of all tasks, tied to each other. */
export function taskParts(options: TaskPartsOptions): ReportParts {
  const { clock, drain, agentId, send, executorOf } = options;
  const updates = new Updates({
    ...{ clock, agentId, send, onChange: options.save, onDone: options.complete },
    mark: (news) => drain.mark(news),
  });
  const kills = new Kills(clock, (run, signal) => {
    executorOf(run)
      ?.signal(run, signal)
      .catch(() => undefined);
  });
  return { updates, kills, health: healthChecks(options, updates), onEnded: options.onEnded };
}

function healthChecks(options: TaskPartsOptions, updates: Updates): HealthChecks {
  const { clock, executorOf, kill } = options;
  const nobody = Promise.resolve(127);
  return new HealthChecks({
    clock,
    probe: healthProbe((run, argv) => executorOf(run)?.exec(run, argv) ?? nobody),
    onVerdict: (run, healthy) => {
      const reason = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
      updates.add(run, { state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR', reason, healthy });
    },
    onHopeless: (run) => {
      run.unhealthy = true;
      kill(run);
    },
  });
}
