import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { withImage } from '../plan/images-of.ts';
import type { PlanInput } from '../plan/observed.ts';
import { imageToGoBackTo, rollbackPlan } from '../plan/rollback.ts';
import { serviceNamed } from '../plan/targets.ts';
import { refuse } from '../run/refuse.ts';
import { lookAt } from '../run/look.ts';
import type { Service } from '../services/service.ts';
import type { CommandContext } from './context.ts';
import { roll } from './roll.ts';
import { rolloutOptions, type RollingOptions } from './rollout-options.ts';
import { unknownName } from './unknown-name.ts';

export interface GoingBack {
  readonly service: string;
  readonly hosts: readonly string[];
}

/**
 * The hosts know what they keep, so they are looked at first; the run then works towards the cluster
 * with that image.
 */
export async function rollback(
  { service: name, hosts }: GoingBack,
  options: RollingOptions,
  context: CommandContext,
): Promise<void> {
  await roll({
    ...{ name: 'rollback', words: [name, ...hosts], options, context },
    prepare: async (spec, report) => {
      const service = backable(name);
      chosen(spec, service, hosts);
      const look = await lookAt(spec, context.ports, report);
      refuse(look, options);
      const seen = ({ input }: { readonly input: PlanInput }) =>
        chosen(input.spec, service, hosts).filter((host) => input.observed.facts.has(host.name));
      const image = imageToGoBackTo(look.input, service, seen(look));
      const isWhole = hosts.length === 0;
      const rolling = rolloutOptions(spec, options);
      return {
        spec: isWhole ? withImage(spec, service.name, image) : spec,
        settles: isWhole,
        plan: ({ input }) => {
          const back = { service, hosts: seen({ input }), image, file: options.config };
          return rollbackPlan(input, back, rolling);
        },
      };
    },
  });
}

function backable(name: string): Service {
  if (!/^jenkins(\/|$)/.test(name)) return serviceNamed(name);
  throw new ClusterError('ONE_WAY', 'Jenkins does not go back: a newer core has written the home', {
    remedy:
      'Only a backup of the home leads back, put back while the controller is stopped. Nothing was changed.',
  });
}

function chosen(spec: ClusterSpec, service: Service, names: readonly string[]): readonly Host[] {
  const hosts = service.hosts(spec);
  const known = hosts.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined) throw unknownName(`host with ${service.name}`, stranger, known);
  return hosts.filter(({ name }) => names.length === 0 || names.includes(name));
}
