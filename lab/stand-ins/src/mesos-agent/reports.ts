import type { ExecutorEvents, Exit, RunningDetails } from './executor.ts';
import type { HealthChecks } from './health/health-checks.ts';
import type { Kills } from './kills.ts';
import type { TaskRun } from './task-run.ts';
import type { Updates } from './updates.ts';

export interface ReportParts {
  readonly updates: Updates;
  readonly kills: Kills;
  readonly health: HealthChecks;
  readonly onEnded: (run: TaskRun) => void;
}

/** What an executor tells becomes status updates. */
export function reportsOf(parts: ReportParts, run: TaskRun): ExecutorEvents {
  const { updates } = parts;
  return {
    onLaunchFailed: (message) => {
      launchFailed(parts, run, message);
    },
    onStarting: (ipAddress) => {
      updates.add(run, { state: 'TASK_STARTING', source: 'SOURCE_EXECUTOR', ipAddress });
    },
    onRunning: (details) => {
      running(parts, run, details);
    },
    onExit: (exit) => {
      ended(parts, run, exit);
    },
  };
}

export function launchFailed({ updates, onEnded }: ReportParts, run: TaskRun, why: string): void {
  updates.add(run, {
    state: 'TASK_FAILED',
    source: 'SOURCE_AGENT',
    reason: 'REASON_CONTAINER_LAUNCH_FAILED',
    message: why,
  });
  onEnded(run);
}

/** A kill that came while the container was being started had nothing to signal yet. */
function running({ updates, kills, health }: ReportParts, run: TaskRun, now: RunningDetails): void {
  run.ipAddress = now.ipAddress;
  if (run.killed) {
    kills.begin(run, run.killGraceMs ?? 0);
    return;
  }
  const { ipAddress, inspection, pid } = now;
  updates.add(run, {
    state: 'TASK_RUNNING',
    source: 'SOURCE_EXECUTOR',
    ipAddress,
    ...(inspection === undefined ? {} : { data: Buffer.from(inspection).toString('base64') }),
    ...(pid === undefined ? {} : { executorPid: pid }),
  });
  health.start(run);
}

function ended({ updates, kills, health, onEnded }: ReportParts, run: TaskRun, exit: Exit): void {
  health.stop(run);
  kills.ended(run);
  const unbidden = exit.code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED';
  updates.add(run, {
    state: run.killed ? 'TASK_KILLED' : unbidden,
    source: 'SOURCE_EXECUTOR',
    message: exit.message,
    ...(run.unhealthy === true ? { healthy: false } : {}),
  });
  onEnded(run);
}
