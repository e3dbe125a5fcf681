import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote } from '../../../src/adapters/quote.ts';

/** What a real shell makes of the words. */
function throughShell(words: readonly string[]): readonly string[] {
  const text = quote(['printf', String.raw`%s\0`, ...words]);
  const output = execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8' });
  return output.split('\0').slice(0, -1);
}

const hostile = [
  "'; touch /tmp/canary; '",
  '$(touch /tmp/canary)',
  '`touch /tmp/canary`',
  '$HOME ~ * ? [a-z] {a,b}',
  '-n',
  '--',
  '!!',
  '\\',
  '\\\\n',
  '"',
  "'",
  "''",
  "\\'",
  '\n',
  '\r\n\t',
  ' ',
  '',
  '# no comment',
  'a=b',
  '>/tmp/canary',
  '\u0001\u001b[31m\u007f',
  'ö \u{1f600}',
];

test('a shell gets hostile words back as they were', () => {
  expect(throughShell(hostile)).toEqual(hostile);
});

test('a shell gets any words back as they were', () => {
  const word = fc
    .string({ unit: 'binary', maxLength: 30 })
    .map((text) => text.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
      expect(throughShell(words)).toEqual(words);
    }),
    { numRuns: 15 },
  );
});

test('a NUL character is refused, since no shell can pass it on', () => {
  expect(() => quote(['echo', 'a\0b'])).toThrow('NUL');
});
