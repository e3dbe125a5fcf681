import type { TaskRun } from './task-run.ts';

/** How a task's process ended. */
export interface Exit {
  readonly code: number;
  readonly message: string;
}

interface RunningDetails {
  readonly ipAddress: string;
  /** `docker inspect` of the container, as text. */
  readonly inspection?: string;
  readonly pid?: number;
}

/** What an executor tells about its task, in this order; `onLaunchFailed` instead of all others. */
export interface ExecutorEvents {
  readonly onLaunchFailed: (message: string) => void;
  /** With the agent's own address: the container's is not known yet. */
  readonly onStarting: (ipAddress: string) => void;
  readonly onRunning: (details: RunningDetails) => void;
  readonly onExit: (exit: Exit) => void;
}

export interface Executor {
  readonly launch: (run: TaskRun, events: ExecutorEvents) => Promise<void>;
  /** After a restart of the agent. `false`: nothing of it is left. */
  readonly adopt: (run: TaskRun, events: ExecutorEvents) => Promise<boolean>;
  /** SIGTERM, and SIGKILL when the time is up. */
  readonly kill: (run: TaskRun, graceMs: number) => Promise<void>;
}
