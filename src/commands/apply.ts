import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { BuildingOptions } from './initialise.ts';

export function addApply(program: Command, context: CommandContext): void {
  program
    .command('apply')
    .description('carry out a saved plan, refused if anything has moved since')
    .argument('<file>', 'what plan --out wrote')
    .option('--no-build', 'do not end with a build of each controller')
    .option('--verbose', 'show the whole console of the builds', false)
    .addHelpText('after', '\nExample:\n  $ ci-cluster apply friday.plan --yes')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { apply } = await import('./apply-action.ts');
      await apply(file, command.optsWithGlobals<BuildingOptions>(), context);
    });
}
