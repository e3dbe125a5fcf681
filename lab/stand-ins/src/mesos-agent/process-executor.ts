import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../shared/clock.ts';
import type { CommandInfo } from '../shared/mesos.ts';
import type { Executor, ExecutorEvents, Exit } from './executor.ts';
import { containerName, type TaskRun } from './task-run.ts';
import type { UserOf } from './task-user.ts';
import { usageOfProcesses } from './usage.ts';

export interface ProcessExecutorOptions {
  readonly clock: Clock;
  readonly ip: string;
  readonly userOf: UserOf;
}

const pollMs = 500;

/** Tasks without a container: a process of this host in its own group, output in the sandbox. */
export function processExecutor({ clock, ip, userOf }: ProcessExecutorOptions): Executor {
  return {
    launch: (run, events) => {
      events.onStarting(ip);
      start(run, events, { ip, userOf });
      return Promise.resolve();
    },
    adopt: (run, events) => {
      const { pid } = run;
      if (pid === undefined || !isAlive(pid)) return Promise.resolve(false);
      const stop = clock.every(pollMs, () => {
        if (isAlive(pid)) return;
        stop();
        // Whoever was its parent has its exit code; the real executor would have survived and known it.
        events.onExit({ code: 0, message: 'Command exited with status 0' });
      });
      return Promise.resolve(true);
    },
    signal: (run, signal) => {
      signalGroup(run, signal);
      return Promise.resolve();
    },
    exec: (run, argv) => exec(run, argv, userOf),
    usage: ({ pid }) =>
      Promise.resolve(pid === undefined || !isAlive(pid) ? undefined : usageOfProcesses(pid)),
  };
}

function start(
  run: TaskRun,
  events: ExecutorEvents,
  { ip, userOf }: { readonly ip: string; readonly userOf: UserOf },
): void {
  const { file, args } = words(run.task.command ?? {});
  const out = openSync(join(run.sandbox, 'stdout'), 'a');
  const err = openSync(join(run.sandbox, 'stderr'), 'a');
  const stdio = ['ignore', out, err] as const;
  const child = spawn(file, args, {
    ...surroundings(run, userOf),
    stdio: [...stdio],
    detached: true,
  });
  closeSync(out);
  closeSync(err);
  child.once('error', (fault) => {
    events.onExit({ code: 127, message: `Failed to launch: ${fault.message}` });
  });
  child.once('exit', (code, signal) => {
    events.onExit(describe(code, signal));
  });
  if (child.pid === undefined) return;
  run.pid = child.pid;
  events.onRunning({ ipAddress: ip, pid: child.pid });
}

function surroundings(run: TaskRun, userOf: UserOf) {
  const user = userOf(run);
  return {
    cwd: run.sandbox,
    env: { ...process.env, ...environment(run) },
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  };
}

function exec(run: TaskRun, [file = '', ...args]: readonly string[], userOf: UserOf) {
  return new Promise<number>((resolve) => {
    const child = spawn(file, args, { ...surroundings(run, userOf), stdio: 'ignore' });
    child.once('error', () => {
      resolve(127);
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

function words(command: CommandInfo): { file: string; args: readonly string[] } {
  const { value = '', arguments: args = [] } = command;
  if (command.shell ?? true) return { file: '/bin/sh', args: ['-c', value] };
  return { file: value, args: args.slice(1) };
}

function environment(run: TaskRun): Record<string, string> {
  const variables = run.task.command?.environment?.variables ?? [];
  return {
    ...Object.fromEntries(variables.map(({ name, value = '' }) => [name, value])),
    MESOS_SANDBOX: run.sandbox,
    MESOS_CONTAINER_NAME: containerName(run),
  };
}

/** Names as `strsignal` gives them, which is what Mesos prints. */
const signalNames: Readonly<Record<string, string>> = {
  SIGTERM: 'Terminated',
  SIGKILL: 'Killed',
  SIGINT: 'Interrupt',
  SIGSEGV: 'Segmentation fault',
};

function describe(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (signal === null) {
    return { code: code ?? 0, message: `Command exited with status ${code ?? 0}` };
  }
  return { code: 1, message: `Command terminated with signal ${signalNames[signal] ?? signal}` };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signalGroup({ pid }: TaskRun, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended before.
  }
}
