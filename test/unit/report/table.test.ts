import { expect, test } from 'vitest';
import { clip, table } from '../../../src/report/table.ts';

test('columns are as wide as their widest cell, the last one is ragged', () => {
  expect(
    table([
      ['a', 'long cell', 'x'],
      ['bbb', 'c', 'longer'],
      ['d', '', ''],
    ]),
  ).toEqual(['a    long cell  x', 'bbb  c          longer', 'd']);
  expect(table([])).toEqual([]);
});

test('colours take no room', () => {
  const [coloured, plain] = table([
    ['\u001b[32mok\u001b[39m', 'x'],
    ['no', 'x'],
  ]);
  expect(coloured).toBe('\u001b[32mok\u001b[39m  x');
  expect(plain).toBe('no  x');
});

test('a text that is too long is cut with an ellipsis', () => {
  expect(clip('abcdef', 6)).toBe('abcdef');
  expect(clip('abcdefg', 6)).toBe('abcde…');
  expect(clip('abc', 0)).toHaveLength(1);
});
