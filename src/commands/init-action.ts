import { plan } from '../plan/plan.ts';
import { confirmed } from './confirmed.ts';
import type { CommandContext } from './context.ts';
import { initialise, type BuildingOptions } from './initialise.ts';

export interface InitOptions extends BuildingOptions {
  readonly skipUnreachable: boolean;
}

export async function init(options: InitOptions, context: CommandContext): Promise<void> {
  await initialise({
    ...{ name: 'init', options, context },
    order: () => ({
      command: ['init'],
      plan: ({ input }) => plan(input),
      confirm: (stages, look) =>
        confirmed(stages, { ...options, look, showsAll: 'ci-cluster plan' }, context),
      skipUnreachable: options.skipUnreachable,
      settles: true,
    }),
  });
}
