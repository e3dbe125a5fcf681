import { expect, test } from 'vitest';
import { configSchema } from '../../src/jenkins/casc-schema.ts';
import { requirePlugins } from '../../src/jenkins/require-plugins.ts';

const config = configSchema.parse({
  jenkins: { clouds: [{ mesos: {} }] },
  unclassified: {
    buildDiscarders: {
      configuredBuildDiscarders: [
        'jobBuildDiscarder',
        { defaultBuildDiscarder: { discarder: { logRotator: { numToKeepStr: '5' } } } },
      ],
    },
  },
});

const having = (...names: readonly string[]) =>
  names.map((shortName) => ({ shortName, version: '1' }));

test('what only a plugin knows is refused without it', () => {
  expect(() => {
    requirePlugins(config, having('build-discarder'));
  }).toThrow('No hudson.slaves.Cloud implementation found for mesos');
  expect(() => {
    requirePlugins(config, having('mesos'));
  }).toThrow('GlobalBuildDiscarderStrategy implementation found for defaultBuildDiscarder');
  requirePlugins(config, having('mesos', 'build-discarder'));
});
