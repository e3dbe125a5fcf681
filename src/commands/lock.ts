import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { HoldOptions } from './lock-action.ts';
import type { GlobalOptions } from './options.ts';

export function addLock(program: Command, context: CommandContext): void {
  const lock = program
    .command('lock')
    .description('who may change hosts right now')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ci-cluster lock\n  $ ci-cluster lock hold --reason audit',
    );
  lock
    .command('status', { isDefault: true })
    .description('who holds the lock of which host, since when and what for')
    .addHelpText('after', '\nExample:\n  $ ci-cluster lock')
    .action(async (_options: unknown, command: Command) => {
      const { lockStatus } = await import('./lock-action.ts');
      await lockStatus(command.optsWithGlobals<GlobalOptions>(), context);
    });
  lock
    .command('hold')
    .description('let nobody change anything until Ctrl-C')
    .requiredOption('--reason <text>', 'told to everybody who is refused')
    .option('--skip-unreachable', 'go on without hosts that do not answer', false)
    .addHelpText('after', '\nExample:\n  $ ci-cluster lock hold --reason "audit until noon"')
    .action(async (_options: unknown, command: Command) => {
      const { lockHold } = await import('./lock-action.ts');
      await lockHold(command.optsWithGlobals<HoldOptions>(), context);
    });
}
