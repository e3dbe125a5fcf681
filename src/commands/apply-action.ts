import { ClusterError } from '../errors.ts';
import { plan } from '../plan/plan.ts';
import { refuseIfMoved } from '../plan/saved-plan/moved.ts';
import { parseSavedPlan, type SavedPlan } from '../plan/saved-plan/saved-plan.ts';
import type { Order } from '../run/engine.ts';
import { confirmed } from './confirmed.ts';
import type { CommandContext } from './context.ts';
import { initialise, type BuildingOptions } from './initialise.ts';
import { fingerprintOfPlan } from './plan-view.ts';
import { savedPlan } from './saved-plan.ts';

/** Plans again from what is there now, and goes on only with the plan of the file. */
export async function apply(
  file: string,
  options: BuildingOptions,
  context: CommandContext,
): Promise<void> {
  const known: { saved?: SavedPlan } = {};
  await initialise({
    ...{ name: 'apply', options, context },
    order: async () => {
      known.saved = await readSaved(file, context);
      return orderOf(known.saved, { file, options, context });
    },
    facts: () => ({ plan: { file, fingerprint: known.saved?.planFingerprint ?? null } }),
  });
}

async function readSaved(file: string, { ports }: CommandContext): Promise<SavedPlan> {
  let text: string;
  try {
    text = await ports.files.read(file);
  } catch (cause) {
    throw new ClusterError('PLAN_UNREADABLE', (cause as Error).message, {
      remedy: `Make one: ci-cluster plan --out ${file}.`,
      cause,
    });
  }
  return parseSavedPlan(text, file);
}

interface Applying {
  readonly file: string;
  readonly options: BuildingOptions;
  readonly context: CommandContext;
}

function orderOf(saved: SavedPlan, { file, options, context }: Applying): Order {
  const { clusterId: newId, skipUnreachable, emptying } = saved;
  const { config } = options;
  return {
    ...{ command: ['apply', file], newId, skipUnreachable, settles: true },
    plan: async (look) => {
      const stages = plan(look.input, emptying);
      const made = { config, skipUnreachable, emptying };
      refuseIfMoved(saved, await savedPlan({ look, plan: stages, options: made, context }));
      return stages;
    },
    confirm: async (stages, look) => {
      if (fingerprintOfPlan(look, stages, context.ports) !== saved.planFingerprint) {
        throw new Error('the plan to confirm is not the one of the file');
      }
      await confirmed(stages, { ...options, look }, context);
    },
  };
}
