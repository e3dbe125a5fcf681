import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { ResumeOptions } from './resume-action.ts';

export function addResume(program: Command, context: CommandContext): void {
  program
    .command('resume')
    .description('go on with a run that failed, was interrupted or died')
    .argument('[run]', 'another than the last one that is not finished')
    .option('--anyway', 'also if hosts that it had begun with are not in the cluster file', false)
    .addHelpText('after', '\nExample:\n  $ ci-cluster resume --yes')
    .action(async (run: string | undefined, _options: unknown, command: Command) => {
      const { resume } = await import('./resume-action.ts');
      await resume(run, command.optsWithGlobals<ResumeOptions>(), context);
    });
}
