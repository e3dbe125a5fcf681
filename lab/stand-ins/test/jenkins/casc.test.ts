import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CascError, loadCasc } from '../../src/jenkins/casc.ts';
import type { CascConfig } from '../../src/jenkins/casc-schema.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'casc-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function load(
  files: Record<string, string>,
  options: { env?: Record<string, string>; override?: boolean; unresolved?: string[] } = {},
): CascConfig {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return loadCasc({
    sources: [folder],
    mergeStrategy: options.override === true ? 'override' : 'errorOnConflict',
    secretsFolder: join(folder),
    env: options.env ?? {},
    onUnresolved: (name) => options.unresolved?.push(name),
  });
}

test('the password comes from the secrets folder, before the environment, without its line feed', () => {
  const text = 'jenkins: {securityRealm: {local: {users: [{id: admin, password: "${ADMIN}"}]}}}';
  const config = load({ 'a.yaml': text, ADMIN: 'se: cret\n' }, { env: { ADMIN: 'other' } });
  expect(config.jenkins.securityRealm).toEqual({
    local: { users: [{ id: 'admin', password: 'se: cret' }] },
  });
});

test.each([
  ['${NAME}', 'value'],
  ['${MISSING:-http://a/}', 'http://a/'],
  ['a${MISSING}b', 'ab'],
  ['^${NAME}', '${NAME}'],
  ['${base64:x}', 'eA=='],
])('%s becomes %s', (text, expected) => {
  const unresolved: string[] = [];
  const yaml = `jenkins: {systemMessage: '${text}'}`;
  const config = load({ 'a.yml': yaml }, { env: { NAME: 'value' }, unresolved });
  expect(config.jenkins.systemMessage).toBe(expected);
  expect(unresolved).toEqual(text === 'a${MISSING}b' ? ['MISSING'] : []);
});

test('numbers that arrive as text by substitution are numbers', () => {
  const yaml = 'jenkins: {numExecutors: 0, slaveAgentPort: "${PORT}"}';
  const config = load({ 'a.yaml': yaml }, { env: { PORT: '31500' } });
  expect(config.jenkins).toMatchObject({ numExecutors: 0, slaveAgentPort: 31500 });
});

test('an unknown root fails the start in the words of the plugin', () => {
  const start = () => load({ 'a.yaml': 'jenkins: {}\nclods: []\njobbs: []' });
  expect(start).toThrow(CascError);
  expect(start).toThrow('No configurator for the following root elements: clods, jobbs');
});

test('an unknown attribute of jenkins fails the start too', () => {
  expect(() => load({ 'a.yaml': 'jenkins: {numExecutor: 0}' })).toThrow(
    'Invalid configuration elements for type: class jenkins.model.Jenkins : numExecutor.',
  );
});

test('several files become one; a contradiction is fatal unless the last may win', () => {
  const files = {
    'a.yaml': 'jenkins: {numExecutors: 0, clouds: [{mesos: {frameworkId: one}}]}',
    'b.yml': 'jenkins: {mode: NORMAL, clouds: [{mesos: {frameworkId: two}}]}',
  };
  expect(load(files).jenkins).toMatchObject({ numExecutors: 0, mode: 'NORMAL' });
  expect(load(files).jenkins.clouds).toHaveLength(2);
  const contradicting = { ...files, 'c.yaml': 'jenkins: {numExecutors: 2}' };
  expect(() => load(contradicting)).toThrow(
    'Found conflicting configuration at /jenkins/numExecutors',
  );
  expect(load(contradicting, { override: true }).jenkins.numExecutors).toBe(2);
});

test('without any file Jenkins starts as it is', () => {
  expect(load({}).jenkins.clouds).toEqual([]);
});
