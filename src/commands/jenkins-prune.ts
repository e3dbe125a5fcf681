import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { PruneOptions } from './jenkins-prune-action.ts';

export function addPruneFrameworks(jenkins: Command, context: CommandContext): void {
  jenkins
    .command('prune-frameworks')
    .description('end what controllers left behind in Mesos under another framework id')
    .option('--controller <name>', 'only what this controller left behind')
    .option('--confirm <cluster>', 'name of the cluster: ends their tasks without asking')
    .addHelpText('after', '\nExample:\n  $ ci-cluster jenkins prune-frameworks --confirm ci')
    .action(async (_options: unknown, command: Command) => {
      const { pruneFrameworks } = await import('./jenkins-prune-action.ts');
      await pruneFrameworks(command.optsWithGlobals<PruneOptions>(), context);
    });
}
