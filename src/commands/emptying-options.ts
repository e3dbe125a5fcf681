import type { Command } from 'commander';
import type { Emptying } from '../plan/around-agent.ts';
import { timeOption } from './durations.ts';

/** Of commands that may stop Mesos agents. */
export interface EmptyingOptions {
  readonly drainTimeout: number;
  readonly killBuilds: boolean;
  readonly stopControllers: boolean;
}

export function addEmptyingOptions(command: Command): Command {
  return command
    .addOption(timeOption('--drain-timeout <time>', 'bound on the wait for builds', '30m'))
    .option('--kill-builds', 'do not wait for builds', false)
    .option('--stop-controllers', 'a Jenkins that cannot move may stop meanwhile', false);
}

export function emptyingOf(options: EmptyingOptions): Emptying {
  const { drainTimeout: timeoutMs, killBuilds, stopControllers } = options;
  return { timeoutMs, killBuilds, stopControllers };
}

/** As they were typed, for the record and for `resume`. */
export function emptyingWords(options: EmptyingOptions): readonly string[] {
  const { drainTimeout, killBuilds, stopControllers } = options;
  return [
    ...(drainTimeout === 1_800_000 ? [] : ['--drain-timeout', `${drainTimeout / 1000}s`]),
    ...(killBuilds ? ['--kill-builds'] : []),
    ...(stopControllers ? ['--stop-controllers'] : []),
  ];
}
