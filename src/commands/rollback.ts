import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addRolloutOptions, type RollingOptions } from './rollout-options.ts';

export function addRollback(program: Command, context: CommandContext): void {
  const command = program
    .command('rollback')
    .description('go back to the containers that the last upgrade replaced')
    .argument('<service>', 'zookeeper, mesos-master, mesos-agent, marathon, gateway or keepalived')
    .argument('[host...]', 'these hosts only; the cluster file then stays as it is');
  addRolloutOptions(command)
    .addHelpText('after', '\nExample:\n  $ ci-cluster rollback mesos-agent --yes')
    .action(async (service: string, hosts: string[]) => {
      const { rollback } = await import('./rollback-action.ts');
      await rollback({ service, hosts }, command.optsWithGlobals<RollingOptions>(), context);
    });
}
