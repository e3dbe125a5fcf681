import { ClusterError } from '../errors.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import { healthText } from '../report/health-text.ts';
import type { Palette } from '../report/palette.ts';
import { initCluster, type InitRecord } from '../run/init.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';
import { planLines } from './plan-lines.ts';

export interface InitOptions extends GlobalOptions {
  readonly skipUnreachable: boolean;
}

export async function init(options: InitOptions, context: CommandContext): Promise<void> {
  const { ports } = context;
  const record: InitRecord = { changes: [], health: undefined };
  const begin = ports.clock.now();
  const more = () => ({
    changed: record.changes.length,
    steps: record.changes,
    elapsedMs: Math.round(ports.clock.now() - begin),
  });
  await runClusterCommand({
    name: 'init',
    options,
    context,
    onFailure: () => ({ health: record.health, more: more() }),
    work: async ({ spec, report }) => {
      const confirm = (plan: Plan) => confirmed(plan, options, context);
      const init = { confirm, skipUnreachable: options.skipUnreachable };
      await initCluster({ spec, ports, report, options: init }, record);
      return {
        health: record.health,
        more: more(),
        text: (paint) => summary(record, context, paint),
      };
    },
  });
}

/** Refuses with CONFIRMATION_MISSING where nobody can be asked, or if the answer is not yes. */
async function confirmed(
  plan: Plan,
  { yes, json }: InitOptions,
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

function summary({ changes, health }: InitRecord, context: CommandContext, paint: Palette): string {
  const told = changes.length === 0 ? 'nothing to change' : `${changes.length} changes made`;
  const stack = health === undefined ? '' : healthText(health, paint, context.terminal.columns);
  return `${paint.green('✔')} ${told}\n\n${stack}`;
}
