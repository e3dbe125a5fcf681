import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { clusterJsonSchema } from '../../../src/config/cluster-json-schema.ts';
import { sampleFile } from '../../../src/config/sample.ts';
import { clusterFile, variousClusterFiles } from '../../support/cluster-file.ts';

const schema = clusterJsonSchema();
const fromJson = z.fromJSONSchema(schema);

test.each([
  ['the sample', sampleFile()],
  ['a test file', clusterFile()],
])('the JSON Schema accepts %s', (_, text) => {
  expect(fromJson.safeParse(parse(text)).error).toBeUndefined();
});

test('the JSON Schema accepts every section', () => {
  for (const text of variousClusterFiles()) {
    expect(fromJson.safeParse(parse(text)).error).toBeUndefined();
  }
});

test.each([
  ['an unknown key', { colour: 'red' }],
  ['a mistyped port', { gateway: { mesosPort: 'x' } }],
  ['a time without unit', { zookeeper: { tickTime: 2000 } }],
  ['an unknown role', { hosts: { m1: { address: '10.0.0.11', roles: ['x'] } } }],
])('the JSON Schema refuses %s', (_, sections) => {
  const value: unknown = parse(clusterFile({ sections }));
  expect(fromJson.safeParse(value).success).toBe(false);
});

test('editors are told what is required, and nothing that has a default', () => {
  expect(schema.required).toEqual(['name', 'hosts']);
});

test('every field has a description or repeats one of a level above', () => {
  const text = JSON.stringify(schema);
  expect(text.match(/"description"/g)?.length).toBeGreaterThan(60);
});
