import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addFailover } from './jenkins-failover.ts';
import { addPruneFrameworks } from './jenkins-prune.ts';

export function addJenkins(program: Command, context: CommandContext): void {
  const jenkins = program
    .command('jenkins')
    .description('what concerns single Jenkins controllers')
    .addHelpText('after', '\nExample:\n  $ ci-cluster jenkins prune-frameworks');
  addPruneFrameworks(jenkins, context);
  addFailover(jenkins, context);
}
