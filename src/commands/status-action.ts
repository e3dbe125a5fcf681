import { exitCodeOf, exitCodes } from '../errors.ts';
import { isInOrderAsFarAsSeen, type Health } from '../health/model.ts';
import { probeStack } from '../health/stack.ts';
import { healthText } from '../report/health-text.ts';
import { lookAt, type Look } from '../run/look.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export async function status(options: GlobalOptions, context: CommandContext): Promise<void> {
  await runClusterCommand({
    name: 'status',
    options,
    context,
    work: async ({ spec, report }) => {
      const look = await lookAt(spec, context.ports, report);
      const health = await probeStack(look.input, look.sight);
      return {
        health,
        exitCode: exitCodeFor(health, look),
        text: (paint) => {
          const title = `${paint.bold(spec.name)}: ${health.verdict}`;
          return `${title}\n\n${healthText(health, paint, context.terminal.columns)}`;
        },
      };
    },
  });
}

/** 4 only if nothing but unreachable hosts is wrong. */
function exitCodeFor(health: Health, { missing }: Look): number {
  if (health.verdict === 'healthy') return 0;
  const [first] = missing;
  return first !== undefined && isInOrderAsFarAsSeen(health)
    ? exitCodeOf(first.error)
    : exitCodes.UNHEALTHY;
}
