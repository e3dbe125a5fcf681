import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergedDaemonJson } from '../../../src/plan/docker-config.ts';

const settings = {
  insecureRegistries: ['registry.example:5000'],
  registryMirrors: [],
  logMaxSizeMb: 50,
  logMaxFiles: 5,
};

function merged(current: object | undefined, wanted = settings): unknown {
  const text = current === undefined ? undefined : JSON.stringify(current);
  const result = mergedDaemonJson('m1', text, wanted);
  return result === undefined ? undefined : JSON.parse(result);
}

const ours = {
  'live-restore': true,
  'log-driver': 'json-file',
  'log-opts': { 'max-size': '50m', 'max-file': '5' },
  'insecure-registries': ['registry.example:5000'],
};

test('a host without daemon.json gets ours', () => {
  expect(merged(undefined)).toEqual(ours);
  expect(mergedDaemonJson('m1', ' \n', settings)).toBe(mergedDaemonJson('m1', undefined, settings));
});

test('what the operator has set is kept, in its order', () => {
  const own = { bip: '10.9.0.1/24', 'data-root': '/srv/docker', dns: ['10.0.0.1'] };
  expect(merged(own)).toEqual({ ...own, ...ours });
  expect(Object.keys(merged(own) as object).slice(0, 3)).toEqual(Object.keys(own));
});

test('lists are extended, never shortened', () => {
  const own = { 'insecure-registries': ['old.example:5000'] };
  expect(merged(own)).toMatchObject({
    'insecure-registries': ['old.example:5000', 'registry.example:5000'],
  });
});

test('other options of the log driver are kept', () => {
  const own = { 'log-driver': 'local', 'log-opts': { compress: 'false' } };
  expect(merged(own)).toMatchObject({
    'log-driver': 'local',
    'log-opts': { compress: 'false', 'max-size': '50m', 'max-file': '5' },
  });
});

test('a log driver of the operator that knows no sizes is left alone', () => {
  const own = { 'log-driver': 'journald', 'log-opts': { tag: 'ci' } };
  expect(merged(own)).toMatchObject(own);
  expect(JSON.stringify(merged(own))).not.toContain('max-size');
});

test('nothing is written where nothing is missing, whatever else stands there', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (own) => {
      const once = mergedDaemonJson('m1', JSON.stringify(own), settings);
      const text = once ?? JSON.stringify(own);
      expect(mergedDaemonJson('m1', text, settings)).toBeUndefined();
    }),
  );
});

test.each(['{', '[]', '"text"', 'null', '{"live-restore": yes}'])(
  'a daemon.json that Docker would not take is refused, not replaced: %s',
  (text) => {
    expect(() => mergedDaemonJson('m1', text, settings)).toThrow(
      expect.objectContaining({
        code: 'DOCKER_CONFIG_INVALID',
        message: '/etc/docker/daemon.json on m1 is no JSON object',
      }),
    );
  },
);
