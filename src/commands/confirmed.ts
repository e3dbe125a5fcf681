import { ClusterError } from '../errors.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import { palette } from '../report/palette.ts';
import { shortPlanText } from '../report/plan-text.ts';
import type { Look } from '../run/look.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';
import { planLines } from './plan-lines.ts';
import { shortPlanView } from './plan-view.ts';

/** With the look that the plan was made from, its effects are shown as well. */
export interface Asking extends Pick<GlobalOptions, 'yes' | 'json' | 'color'> {
  readonly look?: Look;
  /** The command that shows all of it, where there is one. */
  readonly showsAll?: string;
}

/** Refuses with CONFIRMATION_MISSING where nobody can be asked, or if the answer is not yes. */
export async function confirmed(
  plan: Plan,
  asking: Asking,
  context: CommandContext,
): Promise<void> {
  if (asking.yes) return;
  const changes = countChanges(plan);
  if (context.ask === undefined || asking.json) {
    throw new ClusterError(
      'CONFIRMATION_MISSING',
      `${changes} changes to make, and nobody to ask`,
      {
        remedy: 'Run the same command with --yes.',
      },
    );
  }
  context.err(await told(plan, asking, context));
  const answer = await context.ask(`Make these ${changes} changes? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new ClusterError('CONFIRMATION_MISSING', 'not confirmed; nothing was changed', {
    remedy: 'Run the same command again and answer y.',
  });
}

async function told(
  plan: Plan,
  { look, color, showsAll }: Asking,
  { terminal }: CommandContext,
): Promise<string> {
  const { columns } = terminal;
  if (look === undefined) return planLines(plan, columns).join('\n');
  const paint = palette(terminal.colour && color);
  const text = shortPlanText(await shortPlanView(look, plan), { paint, columns });
  return showsAll === undefined ? text : `${text}\n${paint.dim(`${showsAll} shows all`)}`;
}
