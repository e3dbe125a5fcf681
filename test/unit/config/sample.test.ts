import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusterSchema } from '../../../src/config/cluster-schema.ts';
import { defaultImages } from '../../../src/config/images.ts';
import { parseCluster } from '../../../src/config/parse-cluster.ts';
import { sampleFile } from '../../../src/config/sample.ts';
import { leavesOf } from '../../support/schema-leaves.ts';

const origin = { path: 'cluster.yml', home: '/home/ops' };

/** `#key: value` is a default: the two leading spaces of deeper levels stay. */
const defaultLine = /^(\s*)#((?: {2})*[A-Za-z].*)$/;
/** `# key: value` is an example. */
const exampleLine = /^(\s*)# ((?: {2})*[A-Za-z]+:.*)$/;

function uncommented(text: string, pattern: RegExp): string {
  return text
    .split('\n')
    .map((line) => line.replace(pattern, '$1$2'))
    .join('\n');
}

test('the sample is a valid cluster file', () => {
  const { name, hosts, jenkins } = parseCluster(sampleFile(), origin);
  expect([name, hosts.length, jenkins.length]).toEqual(['ci', 5, 1]);
});

test('every default that the sample shows is the default', () => {
  const explicit = uncommented(sampleFile(), defaultLine);
  expect(explicit).not.toBe(sampleFile());
  expect(parseCluster(explicit, origin)).toEqual(parseCluster(sampleFile(), origin));
});

test('the sample shows every field', () => {
  const text = uncommented(uncommented(sampleFile(), defaultLine), exampleLine);
  parseCluster(text, origin);
  const shown = new Set(pathsOf(parse(text), []).map(generic));
  const missing = leavesOf(clusterSchema)
    .map(({ path }) => path.filter((name) => name !== '(name)').join('.'))
    // In one line each, as the bastion of a host and the alternatives of a password.
    .filter((path) => !/hosts\.\*\.ssh\.bastion\.|password\.(env|command)$/.test(path))
    .filter((path) => !path.startsWith('gateway.vip.'))
    .filter((path) => !shown.has(path));
  expect(missing).toEqual([]);
  expect(text).toMatch(/\{ env: NAME \}/);
  expect(text).toMatch(/\{ command: \[pass, show, ci\] \}/);
  expect(text).toMatch(/\{ kind: shared, path: /);
  expect(text).toMatch(/vip: \{ address: .*, interface: .*, routerId: \d+ \}/);
});

function pathsOf(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

const maps = ['attributes', 'plugins', 'buildAgents'];

function isKey(path: readonly string[], index: number): boolean {
  return index > 1 && maps.includes(path[index - 1]!);
}

function generic(path: readonly string[]): string {
  const named = ['hosts', 'jenkins', 'checks'].includes(path[0]!);
  return path
    .map((name, index) => ((named && index === 1) || isKey(path, index) ? '*' : name))
    .join('.');
}

test('the sample fits a terminal of 80 columns and has no tab or trailing space', () => {
  const lines = sampleFile().split('\n');
  expect(lines.filter((line) => line.length > 80 || /\t|\s$/.test(line))).toEqual([]);
});

test('every image of the table has a version, and none claims to have been tried', () => {
  for (const { reference } of Object.values(defaultImages)) expect(reference).toMatch(/:[\w.-]+$/);
  expect(Object.values(defaultImages).filter(({ verified }) => verified)).toEqual([]);
});
