import { ClusterError } from '../errors.ts';
import { plan } from '../plan/plan.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import { planDocument } from '../report/plan-document.ts';
import type { Palette } from '../report/palette.ts';
import { planText, type PlanView } from '../report/plan-text.ts';
import { lookAt, type Look } from '../run/look.ts';
import { refuse } from '../run/refuse.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import { emptyingOf, type EmptyingOptions } from './emptying-options.ts';
import type { GlobalOptions } from './options.ts';
import { planView } from './plan-view.ts';
import { savedPlan } from './saved-plan.ts';

export interface PlanOptions extends GlobalOptions, EmptyingOptions {
  readonly out?: string;
  readonly skipUnreachable: boolean;
}

/** Of `plan`: there are changes to make. */
const pending = 3;

export async function planAction(options: PlanOptions, context: CommandContext): Promise<void> {
  const { ports } = context;
  await runClusterCommand({
    name: 'plan',
    options,
    context,
    work: async ({ spec, report }) => {
      const begin = ports.clock.now();
      const look = await lookAt(spec, ports, report);
      const tookMs = ports.clock.now() - begin;
      refuse(look, { skipUnreachable: options.skipUnreachable });
      const stages = plan(look.input, emptyingOf(options));
      const changes = countChanges(stages);
      report({ kind: 'planned', changes });
      const view = await planView({ ...look, tookMs }, stages, ports);
      if (options.out !== undefined) await save(options.out, { look, stages, options, context });
      return {
        exitCode: changes === 0 ? 0 : pending,
        more: { saved: options.out ?? null, plan: planDocument(view) },
        text: (paint) => textOf(view, { paint, options, context }),
      };
    },
  });
}

interface Saving {
  readonly look: Look;
  readonly stages: Plan;
  readonly options: PlanOptions;
  readonly context: CommandContext;
}

/** A plan tells how a cluster is built: nobody else reads it. */
async function save(path: string, { look, stages, options, context }: Saving): Promise<void> {
  const { files } = context.ports;
  const mode = await files.mode(path);
  if (mode !== undefined && (mode & 0o077) !== 0) {
    throw new ClusterError('FILE_NOT_WRITTEN', `others may read ${path}`, {
      remedy: `Close it (chmod 600 ${path}), or name another file.`,
    });
  }
  const { config, skipUnreachable } = options;
  const made = { config, skipUnreachable, emptying: emptyingOf(options) };
  const document = await savedPlan({ look, plan: stages, options: made, context });
  await files.write(path, `${JSON.stringify(document, undefined, 2)}\n`);
}

interface Telling {
  readonly paint: Palette;
  readonly options: PlanOptions;
  readonly context: CommandContext;
}

function textOf(view: PlanView, { paint, options, context }: Telling): string {
  const { columns } = context.terminal;
  const depth = options.verbose === true ? 'whole' : 'folded';
  const { changes } = view.summary;
  const told =
    changes === 0
      ? `${paint.green('✔')} nothing to change`
      : planText(view, { paint, columns, depth });
  const next = options.out === undefined ? [] : [`Saved: ci-cluster apply ${options.out}`];
  return [told, ...next].join('\n\n');
}
