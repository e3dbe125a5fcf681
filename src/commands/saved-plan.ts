import { savedPlanOf, type SavedPlan } from '../plan/saved-plan/saved-plan.ts';
import type { Plan } from '../plan/step.ts';
import type { Look } from '../run/look.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

interface Making {
  readonly look: Look;
  readonly plan: Plan;
  readonly options: Pick<GlobalOptions, 'config'> & { readonly skipUnreachable: boolean };
  readonly context: CommandContext;
}

/** A plan with what it was made from, as it is saved, and as it is compared with a saved one. */
export async function savedPlan({ look, plan, options, context }: Making): Promise<SavedPlan> {
  const { ports, version } = context;
  const { config: path, skipUnreachable } = options;
  return savedPlanOf({
    ...{ plan, input: look.input, digestOf: ports.digestOf, version, skipUnreachable },
    madeAt: ports.clock.date(),
    clusterFile: { path, text: await ports.files.read(path) },
  });
}
