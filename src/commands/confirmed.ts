import { ClusterError } from '../errors.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';
import { planLines } from './plan-lines.ts';

/** Refuses with CONFIRMATION_MISSING where nobody can be asked, or if the answer is not yes. */
export async function confirmed(
  plan: Plan,
  { yes, json }: GlobalOptions,
  context: CommandContext,
): Promise<void> {
  if (yes) return;
  const changes = countChanges(plan);
  if (context.ask === undefined || json) {
    throw new ClusterError(
      'CONFIRMATION_MISSING',
      `${changes} changes to make, and nobody to ask`,
      {
        remedy: 'Run the same command with --yes.',
      },
    );
  }
  context.err(planLines(plan, context.terminal.columns).join('\n'));
  const answer = await context.ask(`Make these ${changes} changes? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new ClusterError('CONFIRMATION_MISSING', 'not confirmed; nothing was changed', {
    remedy: 'Run the same command again and answer y.',
  });
}
