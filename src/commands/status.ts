import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export function addStatus(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('show the whole stack; the exit code says whether it is healthy')
    .addHelpText('after', '\nExample:\n  $ ci-cluster status --json | jq .health.zookeeper.leader')
    .action(async (_options: unknown, command: Command) => {
      const { status } = await import('./status-action.ts');
      await status(command.optsWithGlobals<GlobalOptions>(), context);
    });
}
