import type { TaskRun } from './task-run.ts';

/** How a task's process ended. */
export interface Exit {
  readonly code: number;
  readonly message: string;
}

export interface RunningDetails {
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

/** What a task has used since it started. */
export interface Usage {
  readonly userSecs: number;
  readonly systemSecs: number;
  readonly rssBytes: number;
  readonly throttling?: {
    readonly periods: number;
    readonly throttled: number;
    readonly secs: number;
  };
}

export interface Executor {
  /** The sandbox is there. Does nothing more once `signal` has fired. */
  readonly launch: (run: TaskRun, events: ExecutorEvents, signal: AbortSignal) => Promise<void>;
  /** After a restart of the agent. `false`: nothing of it is left. */
  readonly adopt: (run: TaskRun, events: ExecutorEvents) => Promise<boolean>;
  readonly signal: (run: TaskRun, signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** For health checks of type COMMAND: the exit code of a shell command where the task lives. */
  readonly exec: (run: TaskRun, argv: readonly string[]) => Promise<number>;
  /** `undefined`: it is not running. */
  readonly usage: (run: TaskRun) => Promise<Usage | undefined>;
}
