import { expect, test } from 'vitest';
import { pathText, show, touches } from '../../../src/config/fault.ts';

test.each([
  ['\u001b[2J', '"\\u001b[2J"'],
  ['a\nb', '"a\\u000ab"'],
  ['\u202egpj', '"\\u202egpj"'],
  ['\ud800', '"\\ud800"'],
  ['say "hi"', '"say \\"hi\\""'],
  ['x'.repeat(100), `"${'x'.repeat(60)}…"`],
  ['https://user:word@example.com/', '"https://…@example.com/"'],
  [{ secret: 1 }, 'a mapping'],
  [['secret'], 'a list'],
  [null, 'nothing'],
  [true, 'true'],
  [1.5, '1.5'],
])('a value is shown on one line and without tricks (%#)', (value, shown) => {
  expect(show(value)).toBe(shown);
});

test('a path is shown without tricks as well', () => {
  expect(pathText(['hosts', 'm\u001b1', 0])).toBe('hosts.m\\u001b1.0');
});

test('a fault touches the entries above and below it', () => {
  expect(touches(['hosts', 'm1'], ['hosts', '*', 'roles'])).toBe(true);
  expect(touches(['hosts', 'm1', 'address'], ['hosts', '*', 'roles'])).toBe(false);
  expect(touches([], ['masters'])).toBe(true);
});
