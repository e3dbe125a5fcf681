import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { timeOption } from './durations.ts';
import type { RemoveOptions } from './remove-agent-action.ts';

export function addRemoveAgent(program: Command, context: CommandContext): void {
  program
    .command('remove-agent')
    .description('take Mesos agents out: their builds end first, their data stays')
    .argument('<host...>', 'hosts of the cluster file')
    .addOption(timeOption('--drain-timeout <time>', 'bound on the wait for builds', '30m'))
    .option('--kill-builds', 'do not wait for builds', false)
    .option('--purge', 'delete the data on the hosts, too', false)
    .option('--confirm <name>', "the cluster's name, for --purge without a question")
    .option('--skip-unreachable', 'go on without other hosts that do not answer', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ ci-cluster remove-agent a3\n  $ ci-cluster remove-agent a3 --purge --confirm ci',
    )
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      const { removeAgent } = await import('./remove-agent-action.ts');
      await removeAgent(hosts, command.optsWithGlobals<RemoveOptions>(), context);
    });
}
