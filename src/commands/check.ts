import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export function addCheck(program: Command, context: CommandContext): void {
  program
    .command('check')
    .description('look whether the hosts are fit; changes nothing')
    .addHelpText('after', '\nExample:\n  $ ci-cluster check --json | jq .checks')
    .action(async (_options: unknown, command: Command) => {
      const { check } = await import('./check-action.ts');
      await check(command.optsWithGlobals<GlobalOptions>(), context);
    });
}
