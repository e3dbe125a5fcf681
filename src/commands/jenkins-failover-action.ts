import type { ClusterSpec, JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { movedText, moveText } from '../report/failover-text.ts';
import { failover, type Move } from '../run/failover/failover.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export async function jenkinsFailover(
  name: string,
  options: GlobalOptions,
  context: CommandContext,
): Promise<void> {
  const { ports, terminal } = context;
  await runClusterCommand({
    name: 'jenkins failover',
    options,
    context,
    work: async ({ spec, report }) => {
      const controller = controllerNamed(spec, name);
      const confirm = (move: Move) => confirmed(move, options, context);
      const moved = await failover({ spec, ports, report, controller, confirm });
      return {
        more: { moved },
        text: (paint) => movedText(moved, { spec, paint, columns: terminal.columns }),
      };
    },
  });
}

function controllerNamed({ jenkins }: ClusterSpec, name: string): JenkinsController {
  const found = jenkins.find((controller) => controller.name === name);
  if (found !== undefined) return found;
  const known = jenkins.map((controller) => controller.name).join(', ');
  throw new ClusterError('USAGE', `the cluster file has no controller ${name}`, {
    remedy: known === '' ? 'It has no controllers at all.' : `It has: ${known}.`,
  });
}

async function confirmed(
  move: Move,
  { yes, json }: GlobalOptions,
  { ask, err, terminal }: CommandContext,
): Promise<void> {
  if (yes) return;
  if (ask === undefined || json) {
    throw new ClusterError('CONFIRMATION_MISSING', 'builds would end, and nobody to ask', {
      remedy: 'Run the same command with --yes.',
    });
  }
  err(moveText(move, terminal.columns));
  const answer = await ask('Move it? [y/N] ');
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new ClusterError('CONFIRMATION_MISSING', 'not confirmed; nothing was changed', {
    remedy: 'Run the same command again and answer y.',
  });
}
