import { Option, type Command } from 'commander';
import type { CheckOptions } from './check-action.ts';
import type { CommandContext } from './context.ts';

export function addCheck(program: Command, context: CommandContext): void {
  program
    .command('check')
    .description('look whether hosts and cluster file are fit; without --fix changes nothing')
    .option('--fix', 'repair what can harm nothing; asks first', false)
    .addOption(
      new Option('--format <form>', 'form of the result')
        .choices(['text', 'json', 'junit'])
        .default('text'),
    )
    .option('--verbose', 'list the checks that passed, too', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ ci-cluster check\n  $ ci-cluster check --format junit > check.xml\n  $ ci-cluster check --fix',
    )
    .action(async (_options: unknown, command: Command) => {
      const { check } = await import('./check-action.ts');
      await check(command.optsWithGlobals<CheckOptions>(), context);
    });
}
