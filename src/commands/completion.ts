import { Argument, type Command } from 'commander';
import type { CommandContext } from './context.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export function addCompletion(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and names in your shell')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ ci-cluster completion fish | source     # in config.fish\n' +
        '  $ source <(ci-cluster completion bash)    # in ~/.bashrc\n' +
        '  $ source <(ci-cluster completion zsh)     # in ~/.zshrc, after compinit',
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion-action.ts');
      completionScript(shell, context);
    });
  addComplete(program, context);
}

/** What the scripts call: the words of the command line so far, the last one being typed. */
function addComplete(program: Command, context: CommandContext): void {
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: readonly string[]) => {
      const { complete } = await import('./completion-action.ts');
      await complete(program, context, words);
    });
}
