import type { CheckResult } from '../check/check-result.ts';
import { checkHomeLocks } from '../check/home-lock.ts';
import { checkHosts } from '../check/hosts.ts';
import { exitCodeOf, exitCodes } from '../errors.ts';
import { checkText } from '../report/check-text.ts';
import { lookAt, type Look } from '../run/look.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export async function check(options: GlobalOptions, context: CommandContext): Promise<void> {
  const { ports } = context;
  await runClusterCommand({
    name: 'check',
    options,
    context,
    work: async ({ spec, report }) => {
      const look = await lookAt(spec, ports, report);
      const results = [
        ...checkHosts(look.input, look.missing),
        ...(await checkHomeLocks(spec, look.sight.remotes, ports)),
      ];
      return {
        more: { checks: results },
        exitCode: exitCodeFor(results, look),
        text: (paint) => checkText(results, paint, context.terminal.columns),
      };
    },
  });
}

/** 4 only if nothing but unreachable hosts is wrong. */
function exitCodeFor(results: readonly CheckResult[], { missing }: Look): number {
  const failed = results.filter(({ verdict }) => verdict === 'fail');
  if (failed.length === 0) return 0;
  const [first] = missing;
  return first !== undefined && failed.every(({ id }) => id === 'HOST_REACHED')
    ? exitCodeOf(first.error)
    : exitCodes.UNHEALTHY;
}
