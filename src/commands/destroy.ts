import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { DestroyOptions } from './destroy-action.ts';

export function addDestroy(program: Command, context: CommandContext): void {
  program
    .command('destroy')
    .description('take the cluster off its hosts; Docker and, without --purge, all data stay')
    .option('--confirm <cluster>', 'name of the cluster: does it without asking')
    .option('--purge', 'delete the data of all services, too, homes of Jenkins included', false)
    .addHelpText('after', '\nExample:\n  $ ci-cluster destroy --confirm ci')
    .action(async (_options: unknown, command: Command) => {
      const { destroy } = await import('./destroy-action.ts');
      await destroy(command.optsWithGlobals<DestroyOptions>(), context);
    });
}
