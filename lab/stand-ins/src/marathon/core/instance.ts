import { isTerminal as isTerminalForMesos, type TaskState } from '../../shared/mesos.ts';

/** One task of an app, from the decision to launch it until Mesos says that it ended. */
export interface Instance {
  /** The Mesos task id: `ci_jenkins.instance-<uuid>._app.1`. */
  readonly id: string;
  readonly appId: string;
  /** Version of the app that it was launched from. */
  readonly version: string;
  /** Differs from the app's own after a change that needs a new task; scaling keeps it. */
  readonly configVersion: string;
  readonly agentId: string;
  readonly host: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly zone?: string;
  readonly ports: readonly number[];
  readonly stagedAt: number;
  readonly state: TaskState;
  /** When it came into this state. */
  readonly since?: number;
  readonly startedAt?: number;
  readonly ipAddresses?: readonly { readonly ipAddress: string; readonly protocol: string }[];
  readonly unreachableSince?: number;
  /** Unreachable for longer than the app allows: a replacement may start beside it. */
  readonly inactive?: boolean;
  /** When the last KILL was sent; repeated until Mesos reports the end. */
  readonly killSentAt?: number;
  readonly healthy?: boolean;
  /** Passed the readiness checks of its app. */
  readonly ready?: boolean;
}

/** Ends that delay the next launch (`NotifyRateLimiterStepImpl`, Marathon 1.10): not KILLED, not LOST. */
const delaysNextLaunch: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_DROPPED',
  'TASK_ERROR',
  'TASK_FAILED',
  'TASK_FINISHED',
  'TASK_GONE',
]);

/** Ends that are shown as `lastTaskFailure`. */
const failures: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FAILED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_UNREACHABLE',
]);

/** Marathon takes a task that no master knows for ended, where Mesos leaves that open. */
export function isTerminal(state: TaskState): boolean {
  return isTerminalForMesos(state) || state === 'TASK_UNKNOWN';
}

export function delaysLaunch(state: TaskState): boolean {
  return delaysNextLaunch.has(state);
}

export function isFailure(state: TaskState): boolean {
  return failures.has(state);
}

/** `ci_jenkins.instance-<uuid>` of `ci_jenkins.instance-<uuid>._app.1`. */
export function instanceIdOf(taskId: string): string {
  return taskId.replace(/\._app\.\d+$/, '');
}
