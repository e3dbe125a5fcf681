import { CascError } from './casc.ts';
import type { CascConfig } from './casc-schema.ts';
import type { Cloud, CloudHost } from './cloud.ts';

export type CloudMaker = (config: unknown, host: CloudHost) => Cloud;

/** `jenkins.clouds` of the configuration, each by the plugin that knows it. */
export function makeClouds(
  makers: Readonly<Record<string, CloudMaker>>,
): (config: CascConfig, host: CloudHost) => readonly Cloud[] {
  return ({ jenkins }, host) =>
    jenkins.clouds
      .flatMap((entry) => Object.entries(entry))
      .map(([kind, config]) => {
        const make = makers[kind];
        if (make !== undefined) return make(config, host);
        throw new CascError(
          `io.jenkins.plugins.casc.UnknownConfiguratorException: No hudson.slaves.Cloud implementation found for ${kind}`,
        );
      });
}
