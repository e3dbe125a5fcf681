import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import { timeOption } from './durations.ts';
import { addRolloutOptions } from './rollout-options.ts';
import type { UpgradeOptions } from './upgrade-action.ts';

export function addUpgrade(program: Command, context: CommandContext): void {
  const command = program
    .command('upgrade')
    .description('go to another image, from host to host; written into the cluster file')
    .argument('<service=image...>', 'zookeeper, mesos-master, …, jenkins or jenkins/NAME');
  addRolloutOptions(command)
    .option('--i-know', 'go on where the step between versions is untried or known as wrong', false)
    .option('--backup-taken-at <time>', 'a backup was made then, like 2026-01-31T12:00:00Z', moment)
    .addOption(timeOption('--backup-max-age <time>', 'an older backup does not count', '24h'))
    .addHelpText('after', '\nExample:\n  $ ci-cluster upgrade zookeeper=zookeeper:3.9.5 --yes')
    .action(async (words: string[], _options: unknown, self: Command) => {
      const { upgrade } = await import('./upgrade-action.ts');
      await upgrade(words, self.optsWithGlobals<UpgradeOptions>(), context);
    });
}

/** With its zone: a time of nobody's clock would be a guess. */
function moment(text: string): number {
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isWhole ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError('a time with its zone, like 2026-01-31T12:00:00Z.');
}
