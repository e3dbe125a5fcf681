import { InvalidArgumentError, type Command } from 'commander';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import { parsePortion, type Portion } from '../config/portion.ts';
import type { RolloutOptions } from '../plan/rollout-plan.ts';
import { durationOption } from './durations.ts';
import { addEmptyingOptions, emptyingOf, type EmptyingOptions } from './emptying-options.ts';
import type { GlobalOptions } from './options.ts';

/** Of commands that change running services from host to host. */
export interface RollingOptions extends GlobalOptions, EmptyingOptions {
  readonly batch?: Portion;
  readonly canary?: number;
  readonly maxFailures?: Portion;
  readonly pause?: number;
  readonly skipUnreachable: boolean;
}

export function addRolloutOptions(command: Command): Command {
  const rolling = command
    .option('--batch <hosts>', 'hosts at once, as a number or like 10%', portionFrom(1))
    .option('--canary <number>', 'hosts that go before the first batch', canaries)
    .option('--max-failures <hosts>', 'hosts of batches that may fail', portionFrom(0))
    .option('--pause <time>', 'after each batch all must stay in order for it', durationOption)
    .option('--skip-unreachable', 'go on without hosts that do not answer', false);
  return addEmptyingOptions(rolling);
}

function portionFrom(least: number): (text: string) => Portion {
  return (text) => {
    const portion = parsePortion(text, least);
    if (portion !== undefined) return portion;
    throw new InvalidArgumentError(`a number from ${least} on, or a part like 10%.`);
  };
}

function canaries(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number of hosts, 0 for none.');
}

/** What the command line says wins over the cluster file. */
export function rolloutOptions({ rollout }: ClusterSpec, options: RollingOptions): RolloutOptions {
  return {
    settings: {
      batch: options.batch ?? rollout.batch,
      canary: options.canary ?? rollout.canary,
      maxFailures: options.maxFailures ?? rollout.maxFailures,
      pauseMs: options.pause ?? rollout.pauseMs,
    },
    ...emptyingOf(options),
  };
}
