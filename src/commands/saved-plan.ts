import type { Emptying } from '../plan/around-agent.ts';
import { savedPlanOf, type SavedPlan } from '../plan/saved-plan/saved-plan.ts';
import type { Plan } from '../plan/step.ts';
import type { Look } from '../run/look.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

/** Options that decide what is planned. */
interface MadeWith extends Pick<GlobalOptions, 'config'> {
  readonly skipUnreachable: boolean;
  readonly emptying: Emptying;
}

interface Making {
  readonly look: Look;
  readonly plan: Plan;
  readonly options: MadeWith;
  readonly context: CommandContext;
}

/** A plan with what it was made from, as it is saved, and as it is compared with a saved one. */
export async function savedPlan({ look, plan, options, context }: Making): Promise<SavedPlan> {
  const { ports, version } = context;
  const { config: path, skipUnreachable, emptying } = options;
  return savedPlanOf({
    ...{ plan, input: look.input, digestOf: ports.digestOf, version, skipUnreachable },
    ...{ emptying, madeAt: ports.clock.date() },
    clusterFile: { path, text: await ports.files.read(path) },
  });
}
