import { Option, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { RestartOptions } from './restart-action.ts';
import { addRolloutOptions } from './rollout-options.ts';

export function addRestart(program: Command, context: CommandContext): void {
  const command = program
    .command('restart')
    .description('restart services from host to host, so that the stack goes on serving')
    .argument(
      '[what...]',
      'SERVICE, HOST/SERVICE, jenkins or jenkins/NAME; everything if not given',
    );
  addRolloutOptions(command)
    .addOption(afterRun)
    .addHelpText(
      'after',
      '\nExamples:\n  $ ci-cluster restart zookeeper --yes\n  $ ci-cluster restart mesos-agent --batch 25% --drain-timeout 1h',
    )
    .action(async (words: string[], _options: unknown, self: Command) => {
      const { restart } = await import('./restart-action.ts');
      await restart(words, self.optsWithGlobals<RestartOptions>(), context);
    });
}

/** For `resume`: a restart does not show on a host, only in the record. */
const afterRun = new Option('--after-run <run>')
  .argParser((id: string, before: readonly string[]) => [...before, id])
  .default([])
  .hideHelp();
