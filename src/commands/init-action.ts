import { plan } from '../plan/plan.ts';
import { confirmed } from './confirmed.ts';
import type { CommandContext } from './context.ts';
import { emptyingOf, emptyingWords, type EmptyingOptions } from './emptying-options.ts';
import { initialise, type BuildingOptions } from './initialise.ts';

export interface InitOptions extends BuildingOptions, EmptyingOptions {
  readonly skipUnreachable: boolean;
  readonly onlyFailed: boolean;
}

export async function init(options: InitOptions, context: CommandContext): Promise<void> {
  await initialise({
    ...{ name: 'init', options, context },
    order: () => ({
      command: ['init', ...emptyingWords(options)],
      plan: ({ input }) => plan(input, emptyingOf(options)),
      confirm: (stages, look) =>
        confirmed(stages, { ...options, look, showsAll: 'ci-cluster plan' }, context),
      skipUnreachable: options.skipUnreachable,
      onlyFailed: options.onlyFailed,
      settles: true,
    }),
  });
}
