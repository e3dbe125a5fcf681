import { restartPlan } from '../plan/restart.ts';
import { targetsOf } from '../plan/targets.ts';
import type { CommandContext } from './context.ts';
import { roll } from './roll.ts';
import { rolloutOptions, type RollingOptions } from './rollout-options.ts';

export async function restart(
  words: readonly string[],
  options: RollingOptions,
  context: CommandContext,
): Promise<void> {
  await roll({
    ...{ name: 'restart', words, options, context },
    prepare: (spec) => {
      // A mistyped name is told before any host is asked.
      targetsOf(spec, words);
      const rolling = rolloutOptions(spec, options);
      return {
        spec,
        plan: ({ input }) => restartPlan(input, targetsOf(input.spec, words), rolling),
      };
    },
  });
}
