import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { RunsOptions } from './runs-action.ts';

export function addRuns(program: Command, context: CommandContext): void {
  program
    .command('runs')
    .description('what was changed when and by whom, and how it ended')
    .argument('[run]', 'one run with all its steps')
    .option('--hosts', 'ask the hosts: runs from other machines, too', false)
    .option('--limit <number>', 'the newest of them', limit, 20)
    .addHelpText('after', '\nExample:\n  $ ci-cluster runs --limit 5')
    .action(async (run: string | undefined, _options: unknown, command: Command) => {
      const { runs } = await import('./runs-action.ts');
      await runs(run, command.optsWithGlobals<RunsOptions>(), context);
    });
}

function limit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('1 or more.');
}
