import { doneKey, restartPlan } from '../plan/restart.ts';
import { targetsOf } from '../plan/targets.ts';
import { readHistory } from '../run/journal/history.ts';
import type { CommandContext } from './context.ts';
import { roll } from './roll.ts';
import { rolloutOptions, type RollingOptions } from './rollout-options.ts';
import { runNamed } from './runs-action.ts';

export interface RestartOptions extends RollingOptions {
  /** Runs that this one goes on with: what they restarted is not restarted again. */
  readonly afterRun: readonly string[];
}

export async function restart(
  words: readonly string[],
  options: RestartOptions,
  context: CommandContext,
): Promise<void> {
  await roll({
    ...{ name: 'restart', words, options, context },
    prepare: async (spec) => {
      // A mistyped name is told before any host is asked.
      targetsOf(spec, words);
      const done = await doneIn(options.afterRun, spec.name, context);
      const rolling = { ...rolloutOptions(spec, options), done };
      return {
        spec,
        plan: ({ input }) => restartPlan(input, targetsOf(input.spec, words), rolling),
      };
    },
  });
}

async function doneIn(
  ids: readonly string[],
  cluster: string,
  { ports }: CommandContext,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const history = await readHistory(ports, cluster);
  const results = ids.flatMap((id) => runNamed(history, id).results);
  const good = results.filter(({ result }) => result === 'changed');
  return new Set(good.map(({ host, step }) => doneKey(host, step)));
}
