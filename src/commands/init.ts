import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addEmptyingOptions } from './emptying-options.ts';
import type { InitOptions } from './init-action.ts';

export function addInit(program: Command, context: CommandContext): void {
  const command = program
    .command('init')
    .description('bring every host to the state that the cluster file describes')
    .option('--skip-unreachable', 'go on without hosts that do not answer', false)
    .option('--only-failed', 'nothing but hosts that failed in the last run', false)
    .option('--no-build', 'do not end with a build of each controller')
    .option('--verbose', 'show the whole console of the builds', false);
  addEmptyingOptions(command)
    .addHelpText('after', '\nExample:\n  $ ci-cluster init -c cluster.yml --yes')
    .action(async (_options: unknown, self: Command) => {
      const { init } = await import('./init-action.ts');
      await init(self.optsWithGlobals<InitOptions>(), context);
    });
}
