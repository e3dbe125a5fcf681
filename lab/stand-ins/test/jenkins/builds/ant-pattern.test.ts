import { expect, test } from 'vitest';
import { selectFiles } from '../../../src/jenkins/builds/ant-pattern.ts';

const files = ['a.txt', 'out/a.txt', 'out/deep/b.txt', 'out/deep/c.log', '.git/config', 'x+y.txt'];

test.each([
  ['*.txt', '', ['a.txt', 'x+y.txt']],
  ['**/*.txt', '', ['a.txt', 'out/a.txt', 'out/deep/b.txt', 'x+y.txt']],
  ['out/**', '', ['out/a.txt', 'out/deep/b.txt', 'out/deep/c.log']],
  ['out/', '**/*.log', ['out/a.txt', 'out/deep/b.txt']],
  ['out/*/?.log, x+y.txt', '', ['out/deep/c.log', 'x+y.txt']],
  ['**', '**/*.txt', ['out/deep/c.log']],
  ['', '', []],
])('"%s" without "%s"', (artifacts, excludes, expected) => {
  expect(selectFiles(files, { artifacts, excludes })).toEqual(expected);
});
