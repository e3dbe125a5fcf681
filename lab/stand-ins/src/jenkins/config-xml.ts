import type { CascConfig } from './casc-schema.ts';
import { encodeEntities } from './xml.ts';

/** `config.xml` of the home, as far as this stand-in has something to write there. */
export function configXml({ jenkins }: CascConfig, version: string): string {
  const fields: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ['version', version],
    ['numExecutors', jenkins.numExecutors ?? 2],
    ['mode', jenkins.mode ?? 'NORMAL'],
    ['useSecurity', jenkins.securityRealm !== undefined],
    ['systemMessage', jenkins.systemMessage],
    ['slaveAgentPort', jenkins.slaveAgentPort ?? -1],
    ['label', jenkins.labelString ?? ''],
  ];
  const lines = fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  <${name}>${encodeEntities(String(value))}</${name}>`);
  return ["<?xml version='1.1' encoding='UTF-8'?>", '<hudson>', ...lines, '</hudson>', ''].join(
    '\n',
  );
}
