import { expect, test } from 'vitest';
import { fromBuildXml, toBuildXml } from '../../src/jenkins/builds/build-xml.ts';
import { interpreter } from '../../src/jenkins/builds/console.ts';
import { restrict } from '../../src/jenkins/tree.ts';
import { child, childText, parseXml } from '../../src/jenkins/xml-tree.ts';

test('a tree restricts fields on all levels and lists by their range', () => {
  const job = {
    name: 'canary',
    color: 'blue',
    builds: [1, 2, 3].map((number) => ({ number, result: 'SUCCESS' })),
  };
  expect(restrict(job, 'name,builds[number]{0,2}')).toEqual({
    name: 'canary',
    builds: [{ number: 1 }, { number: 2 }],
  });
  expect(restrict(job, 'builds[number]{2},color')).toEqual({
    color: 'blue',
    builds: [{ number: 3 }],
  });
  expect(restrict(job, 'builds{1,}')).toEqual({ builds: job.builds.slice(1) });
  expect(restrict(job, null)).toBe(job);
});

test('XML is read with attributes, entities, CDATA and comments', () => {
  const root = parseXml(
    `<?xml version='1.1'?><!-- x --><a><b class="x.Y" n='1'>1 &lt; 2</b><c><![CDATA[<raw>]]></c><d/></a>`,
  );
  expect(child(root, 'b')?.attributes).toEqual({ class: 'x.Y', n: '1' });
  expect([childText(root, 'b'), childText(root, 'c'), childText(root, 'd')]).toEqual([
    ...['1 < 2', '<raw>', ''],
  ]);
});

test.each(['', 'text', '<a><b></a>', '<a></a><b></b>', '<!DOCTYPE a><a/>', '<a'])(
  'not well-formed: "%s"',
  (text) => {
    expect(parseXml(text)).toBeUndefined();
  },
);

test('a build record is read as it was written, and one without a result as a failure', () => {
  const build = {
    ...{ job: 'canary', number: 7, queueId: 3, timestamp: 1000, durationMs: 5, executor: -1 },
    ...{ result: 'SUCCESS' as const, builtOn: 'n1', workspace: '/w', user: 'a & b' },
    parameters: { COLOR: ' <red> ', EMPTY: '' },
  };
  expect(fromBuildXml('canary', 7, toBuildXml(build, '1'))).toEqual(build);
  const running = toBuildXml({ ...build, result: undefined }, '1');
  expect(fromBuildXml('canary', 7, running)?.result).toBe('FAILURE');
});

test('a first line with #! chooses the interpreter', () => {
  expect(interpreter('#!/usr/bin/env bash\nls')).toBe('/usr/bin/env bash');
  expect(interpreter('ls\n#!/bin/bash')).toBe('/bin/sh -xe');
});
