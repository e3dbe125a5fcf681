import type { Command } from 'commander';
import type { BuildOptions } from './build-action.ts';
import type { CommandContext } from './context.ts';
import { durationOption } from './durations.ts';

export function addBuild(program: Command, context: CommandContext): void {
  program
    .command('build')
    .description('run one canary build through Jenkins, on a build agent from the pool')
    .option('--controller <name>', 'only this controller; all, one after the other, if not given')
    .option('--label <label>', "label of the build agents; the controller's canary if not given")
    .option('--timeout <time>', 'bound on one build, like 30s or 15m', durationOption)
    .option('--verbose', 'show the whole console', false)
    .addHelpText('after', '\nExample:\n  $ ci-cluster build --controller main --verbose')
    .action(async (_options: unknown, command: Command) => {
      const { build } = await import('./build-action.ts');
      await build(command.optsWithGlobals<BuildOptions>(), context);
    });
}
