import { CascError } from './casc.ts';
import type { CascConfig } from './casc-schema.ts';
import type { Plugin } from './plugins.ts';

/** Configuration that a plugin brings is unknown without it, and Jenkins does not start. */
export function requirePlugins(config: CascConfig, plugins: readonly Plugin[]): void {
  const missing = needs(config).find(([id]) => !plugins.some(({ shortName }) => shortName === id));
  if (missing === undefined) return;
  const [, type, name] = missing;
  throw new CascError(
    `io.jenkins.plugins.casc.UnknownConfiguratorException: No ${type} implementation found for ${name}`,
  );
}

type Need = readonly [plugin: string, type: string, name: string];

function needs({ jenkins, unclassified }: CascConfig): Need[] {
  const discarders = unclassified.buildDiscarders?.configuredBuildDiscarders ?? [];
  const type = 'jenkins.model.GlobalBuildDiscarderStrategy';
  return [
    ...jenkins.clouds
      .flatMap((cloud) => Object.keys(cloud))
      .map((kind): Need => [kind, 'hudson.slaves.Cloud', kind]),
    ...discarders
      .filter((rule) => typeof rule === 'object' && 'defaultBuildDiscarder' in rule)
      .map((): Need => ['build-discarder', type, 'defaultBuildDiscarder']),
  ];
}
