import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export function addFailover(jenkins: Command, context: CommandContext): void {
  jenkins
    .command('failover')
    .description('move a controller with a shared home to another host')
    .argument('<name>', 'controller')
    .addHelpText('after', '\nExample:\n  $ ci-cluster jenkins failover main --yes')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { jenkinsFailover } = await import('./jenkins-failover-action.ts');
      await jenkinsFailover(name, command.optsWithGlobals<GlobalOptions>(), context);
    });
}
