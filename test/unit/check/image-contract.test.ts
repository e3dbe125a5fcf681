import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readAnswers } from '../../../src/check/ask-image.ts';
import {
  imageContract,
  type Demands,
  type ImageAnswers,
} from '../../../src/check/image-contract.ts';
import { partsOfImages } from '../../../src/check/image-parts.ts';
import { defaultPlugins } from '../../../src/config/plugins.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';

const good = [
  'config {"Entrypoint":["bash","-c"],"User":""}',
  'one-argument one argument',
  'tools java git flock /usr/bin/tini /usr/local/bin/jenkins.sh docker',
  'java openjdk version "21.0.4" 2026-07-16',
  'core 2.568.2',
  'plugins configuration-as-code:1 mesos:2.0',
  'user 1000',
  'host-api 1.24 1.41',
  'client-api 1.40',
].join('\n');

function verdicts(
  kind: Demands['kind'],
  output: string,
  demands: Partial<Demands> = {},
): Record<string, string> {
  const results = imageContract('i:1', readAnswers(output), {
    ...{ kind, core: '2.568.2', plugins: { mesos: '2.0' } },
    ...demands,
  });
  return Object.fromEntries(
    results.map(({ id, verdict, detail }) => [id, `${verdict}: ${detail}`]),
  );
}

function without(name: string, instead = ''): string {
  return [...good.split('\n').filter((line) => !line.startsWith(`${name} `)), instead].join('\n');
}

describe('an image as build agent', () => {
  test('passes with a shell as entry point, fitting Java and git', () => {
    expect(verdicts('build-agent', good)).toEqual({
      IMAGE_ENTRYPOINT: 'pass: entry point ["bash","-c"]',
      IMAGE_JAVA: 'pass: Java 21; core 2.568.2 needs 21',
      IMAGE_GIT: 'pass: git is there',
    });
  });

  test('plugin fact 5: fails with an entry point that is no shell', () => {
    const output = without('one-argument').replace('["bash","-c"]', '["jenkins-agent"]');
    expect(verdicts('build-agent', output).IMAGE_ENTRYPOINT).toBe(
      'fail: entry point ["jenkins-agent"] does not run a command that comes as one argument',
    );
  });

  test.each([
    ['openjdk version "17.0.11"', '2.568.2', 'fail: Java 17, but core 2.568.2 needs 21'],
    ['openjdk version "17.0.11"', '2.541.3', 'pass: Java 17; core 2.541.3 needs 17'],
    ['openjdk version "11.0.2"', '2.479.1', 'fail: Java 11, but core 2.479.1 needs 17'],
    ['java version "1.8.0_412"', '2.361.1', 'fail: Java 8, but core 2.361.1 needs 11'],
    ['openjdk version "25" 2025-09-16', '2.568.2', 'pass: Java 25; core 2.568.2 needs 21'],
  ])('row 24: Java %s with core %s', (java, core, verdict) => {
    const output = without('java', `java ${java}`).replace(/^core.*$/m, '');
    expect(verdicts('build-agent', output, { core }).IMAGE_JAVA).toBe(verdict);
  });

  test('without Java fails, with an unknown core is skipped', () => {
    expect(verdicts('build-agent', without('java')).IMAGE_JAVA).toBe('fail: no "java" on its PATH');
    const unknown = verdicts('build-agent', without('core'), { core: undefined });
    expect(unknown.IMAGE_JAVA).toBe('skip: Java 21, but the core is not known');
  });
});

describe('an image as controller', () => {
  test('passes with the user, the start script and the plugins', () => {
    expect(Object.values(verdicts('controller', good)).every((one) => one.startsWith('pass'))).toBe(
      true,
    );
  });

  test('fails as root, without flock, and with another version of a plugin', () => {
    expect(verdicts('controller', without('user', 'user 0')).IMAGE_USER).toBe(
      'fail: uid 0; the home belongs to uid 1000',
    );
    expect(verdicts('controller', good.replace(' flock', '')).IMAGE_START).toBe(
      'fail: lacks flock',
    );
    expect(verdicts('controller', good.replace('mesos:2.0', 'mesos:1.0')).IMAGE_PLUGINS).toBe(
      'fail: lacks mesos:2.0',
    );
    expect(verdicts('controller', without('plugins')).IMAGE_PLUGINS).toContain('skip');
  });
});

describe('an image as Mesos agent', () => {
  test.each([
    ['1.40', '1.24 1.41', 'pass: client API 1.40, host 1.24 to 1.41'],
    ['1.26', '1.44 1.52', "fail: client API 1.26 is older than the host's least, 1.44"],
    ['1.9', '1.24 1.41', "fail: client API 1.9 is older than the host's least, 1.24"],
  ])('pitfall 12: a client of API %s against a host of %s', (client, host, verdict) => {
    const output = good
      .replace(/^client-api.*$/m, `client-api ${client}`)
      .replace(/^host-api.*$/m, `host-api ${host}`);
    expect(verdicts('mesos-agent', output).IMAGE_DOCKER_API).toBe(verdict);
  });

  test('without a Docker client fails', () => {
    expect(verdicts('mesos-agent', without('client-api')).IMAGE_DOCKER_API).toContain(
      'no Docker client',
    );
  });
});

test('an image that cannot be pulled is told by what Docker said', () => {
  const answers: ImageAnswers = readAnswers('missing manifest for i:1 not found\n');
  expect(
    imageContract('i:1', answers, { kind: 'controller', core: undefined, plugins: {} }),
  ).toEqual([
    expect.objectContaining({
      id: 'IMAGE_PULL',
      detail: 'cannot be pulled: manifest for i:1 not found',
    }),
  ]);
});

test('the cluster file says what its images are for, each once', async () => {
  const buildAgents = { linux: { image: 'b:1' }, other: { image: 'b:1', via: 'marathon' } };
  const spec = await specOf(clusterFile({ jenkins: { main: controller({ buildAgents }) } }));
  expect(
    partsOfImages(spec).map(({ image, demands }) => [image, demands.kind, demands.core]),
  ).toEqual([
    ['jenkins/jenkins:2.568.2-lts-jdk21', 'controller', '2.568.2'],
    ['b:1', 'build-agent', '2.568.2'],
    [spec.images.mesosAgent, 'mesos-agent', undefined],
  ]);
});

test('the image of the controller brings the plugins that are the default', () => {
  const file = new URL('../../../images/jenkins-controller/plugins.txt', import.meta.url);
  const pins = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(pins).toEqual(Object.entries(defaultPlugins).map(([id, version]) => `${id}:${version}`));
});
