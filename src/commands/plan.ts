import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addEmptyingOptions } from './emptying-options.ts';
import type { PlanOptions } from './plan-action.ts';

export function addPlan(program: Command, context: CommandContext): void {
  const command = program
    .command('plan')
    .description('show what init would change, and what that does; changes nothing')
    .option('--out <file>', 'save the plan, for apply')
    .option('--skip-unreachable', 'plan without hosts that do not answer', false)
    .option('--verbose', 'show new files and folders whole');
  addEmptyingOptions(command)
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing to change, 3 changes pending; 4, 6 and 8 as of init.\n\nExample:\n  $ ci-cluster plan --out friday.plan\n  $ ci-cluster apply friday.plan',
    )
    .action(async (_options: unknown, self: Command) => {
      const { planAction } = await import('./plan-action.ts');
      await planAction(self.optsWithGlobals<PlanOptions>(), context);
    });
}
